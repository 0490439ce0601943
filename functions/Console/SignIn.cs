using System.Net;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Messages.Console;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;

namespace Devflow.ChatOps.Functions.Console;

/// <summary>Who looks at the console.</summary>
internal abstract record Visitor
{
    private Visitor() { }

    /// <summary>Signed in, and may look.</summary>
    public sealed record Known(Actor Actor) : Visitor
    {
        public string Name => JobTexts.Name(Actor);

        /// <summary>Tells people apart, also those who have the same name on a page.</summary>
        public string Id => Actor.PersonName is { } person ? $"person-{person}" : $"github-{Actor.GitHubLogin}";
    }

    /// <summary>Nobody, or somebody who may not look.</summary>
    public sealed record TurnedAway(int Status, string Why) : Visitor;
}

/// <summary>
/// Finds out who is signed in: whom the header names that the configured proxies set, and nobody else's word counts
/// (design section 9). Whoever is signed in needs the right to look, too.
/// </summary>
internal sealed partial class SignIn(
    ConsoleSettings settings,
    CatalogSource catalogs,
    GroupDirectory groups,
    HostEnvironment host,
    TimeProvider clock,
    ILogger<SignIn> log
)
{
    private const int LongestName = 100;
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(2);
    private readonly IReadOnlyList<IPNetwork> proxies = settings.Networks();

    public async Task<Visitor> FindAsync(HttpContext http, CancellationToken stop)
    {
        if (!settings.IsSetUp)
        {
            return new Visitor.TurnedAway(403, ConsoleTexts.NotSetUp);
        }

        var address = CallerAddress.Of(http, host);
        if (address is null || !proxies.Any(proxy => proxy.Contains(address)))
        {
            Strange(address?.ToString() ?? "unknown");
            return new Visitor.TurnedAway(403, ConsoleTexts.StrangeProxy);
        }

        // Two of them, in two lines or in one: somebody has sent theirs past the proxy.
        var catalog = catalogs.Current!;
        return
            http.Request.Headers[settings.IdentityHeader] is [{ Length: > 0 and <= LongestName } name]
            && ActorOf(name.Trim(), catalog) is { } actor
            ? await MayLookAsync(actor, catalog, stop)
            : new Visitor.TurnedAway(401, ConsoleTexts.NotSignedIn);
    }

    private Actor? ActorOf(string name, ReleaseCatalog catalog) =>
        name.Length == 0 || name.Contains(',', StringComparison.Ordinal) ? null
        : !settings.NamesPerson ? Actor.FromGitHub(catalog, name)
        : catalog.FindPerson(name) is { } person ? Actor.FromPerson(person)
        : null;

    private async Task<Visitor> MayLookAsync(Actor actor, ReleaseCatalog catalog, CancellationToken stop)
    {
        var members = await MembersAsync(catalog, stop);
        // `viewers: everyone` is everyone of the catalog: the proxy may let in people who are nothing to these releases.
        var refusal = ViewPolicy.Refuse(catalog, members, actor, SlackAccount.Unknown);
        return refusal is null
            ? new Visitor.Known(actor)
            : new Visitor.TurnedAway(403, $"{RefusalTexts.Sentence(refusal)} {AnswerTexts.Unread(members)}".TrimEnd());
    }

    private async Task<Groups> MembersAsync(ReleaseCatalog catalog, CancellationToken stop)
    {
        if (catalog.Viewers is Viewers.Everyone)
        {
            return Groups.None;
        }

        try
        {
            return await groups.ResolveAsync(catalog, ViewPolicy.By(catalog), stop).WaitAsync(patience, clock, stop);
        }
        catch (TimeoutException)
        {
            return Groups.Unresolved;
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "A request to the console came from {Address}, which is none of the sign-in proxies."
    )]
    private partial void Strange(string address);
}
