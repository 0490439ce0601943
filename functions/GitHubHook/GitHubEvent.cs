using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Functions.GitHubHook;

/// <summary>What GitHub told (https://docs.github.com/webhooks/webhook-events-and-payloads), parsed once.</summary>
internal abstract record GitHubEvent
{
    private GitHubEvent() { }

    /// <summary>Somebody pressed a button of a check run.</summary>
    public sealed record Pressed(EventRepository Repository, EventCheckRun Run, string Identifier, string By)
        : GitHubEvent;

    /// <summary>Somebody asked for a check run to be run again.</summary>
    public sealed record Rerequested(EventRepository Repository, EventCheckRun Run, string By) : GitHubEvent;

    /// <summary>Somebody asked for all of the App's check runs of a commit to be run again.</summary>
    public sealed record SuiteRerequested(EventRepository Repository, string Commit, EventApp App, string By)
        : GitHubEvent;

    /// <summary>A pull request was merged.</summary>
    /// <param name="Commit">The commit that it became.</param>
    public sealed record Merged(EventRepository Repository, string Commit, ReleasedPull Pull, string By) : GitHubEvent;

    /// <summary>A pull request by which something was to be rolled back was merged, closed or opened again.</summary>
    /// <param name="Branch">Its head, without <c>refs/heads/</c>.</param>
    public sealed record RollbackPull(EventRepository Repository, string Branch, string By) : GitHubEvent;

    /// <summary>The App was installed, suspended, given other permissions …</summary>
    public sealed record Installed(string Action, string Account) : GitHubEvent;

    /// <summary>The webhook was set up.</summary>
    public sealed record Ping : GitHubEvent;

    /// <summary>Well formed, and of no use here.</summary>
    public sealed record Ignored(string What) : GitHubEvent;
}

/// <summary>The repository that an event is about.</summary>
/// <param name="Id">Survives renames.</param>
/// <param name="Name"><c>owner/name</c>.</param>
internal sealed record EventRepository(long Id, string Name);

/// <summary>The check run that an event is about, as it is now.</summary>
internal sealed record EventCheckRun(long Id, string ExternalId, EventApp App);

/// <summary>Whose check run it is.</summary>
internal sealed record EventApp(long Id, string? ClientId);
