using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Sandbox.World;

namespace Devflow.ChatOps.Sandbox.Page;

/// <summary>Somebody typed a line.</summary>
internal sealed record Typed(string Person, string Text);

/// <summary>Somebody confirmed a press of a button.</summary>
/// <param name="Version">Which state of the message was on screen: 0 is the first.</param>
internal sealed record Pressed(string Person, string Ts, int Version, string BlockId, string ActionId);

/// <summary>Somebody pressed a button of a check run.</summary>
/// <param name="Run">Its id.</param>
/// <param name="Identifier">Of the button; null: "Re-run", which is GitHub's own.</param>
internal sealed record CheckPressed(string Person, string Repository, long Run, string? Identifier);

/// <summary>A merge to main of an app.</summary>
internal sealed record Merged(string App, string Kind);

/// <summary>Somebody closes a message that only they see.</summary>
internal sealed record Dismissed(string Person, string Id);

/// <summary>The world as the page shows it, and what the page can do to it.</summary>
internal sealed class PageWorld : IDisposable
{
    private const int LongestLine = 1_000;
    private static readonly string[] commands = ["/promote", "/rollback", "/devflow"];
    private readonly SandboxWorld world;
    private readonly IStore store;
    private readonly IReadOnlyList<TerminalCommand> terminal;
    private TaskCompletionSource change = New();

    public PageWorld(SandboxWorld world)
    {
        this.world = world;
        store = world.Service.GetRequiredService<IStore>();
        terminal = TerminalCommands.For(world.Folder);
        world.Cluster.Changed += OnCluster;
        world.Slack.Changed += OnSlack;
        world.GitHub.Changed += Signal;
    }

    /// <summary>Where the service listens.</summary>
    public Uri ServiceAddress => world.ServiceAddress;

    /// <summary>Completes with the next change of anything; take it before reading the state.</summary>
    public Task NextChange => Volatile.Read(ref change).Task;

    /// <summary>Everything that this person sees.</summary>
    public async Task<PageState> StateForAsync(string person, CancellationToken stop)
    {
        var somebody = SandboxTeam.Everybody.FirstOrDefault(known => known.SlackId == person) ?? SandboxTeam.Alice;
        var now = TimeProvider.System.GetUtcNow();
        var apps = new List<AppPicture>();
        foreach (var app in SandboxApp.All)
        {
            apps.Add(
                new AppPicture(
                    RolloutPicture.Of(world.Cluster, app),
                    ReleasePicture.Of(await store.JobsOfAsync(app.Rollout, stop))
                )
            );
        }

        return new PageState(
            somebody.SlackId,
            Hint.For(apps[0], somebody, now),
            ChannelPicture.Of(world.Slack, SandboxTeam.Channel, somebody.SlackId, now),
            apps,
            now
        )
        {
            Commits = CommitPicture.Of(world.GitHub),
            Commands = terminal,
        };
    }

    public async Task TypeAsync(Typed typed, CancellationToken stop)
    {
        var line = typed.Text.Trim();
        if (line.Length is 0 or > LongestLine)
        {
            throw new InvalidOperationException($"Type 1 to {LongestLine} characters.");
        }

        var person = Require(typed.Person);
        if (!line.StartsWith('/'))
        {
            world.Slack.Post(SandboxTeam.Channel, person.SlackId, new SlackContent(Escaped(line)));
        }
        else if (commands.Contains(line.Split(' ')[0]))
        {
            await world.People.TypeCommandAsync(person.SlackId, SandboxTeam.Channel, line, cancellation: stop);
        }
        else
        {
            var text =
                $"{Escaped(line.Split(' ')[0])} is not a valid command. Try /promote, /rollback or /devflow help.";
            world.Slack.ShowEphemeral(SandboxTeam.Channel, person.SlackId, new SlackContent(text), isFromSlack: true);
        }
    }

    public async Task PressAsync(Pressed pressed, CancellationToken stop)
    {
        var person = Require(pressed.Person);
        var message = world.Slack.FindMessage(SandboxTeam.Channel, pressed.Ts);
        var seen = message?.Versions.ElementAtOrDefault(pressed.Version);
        var press = world.People.Press(
            person.SlackId,
            SandboxTeam.Channel,
            pressed.Ts,
            pressed.ActionId,
            pressed.BlockId,
            seen ?? throw new InvalidOperationException("That message is gone.")
        );
        await press.ConfirmAsync(cancellation: stop);
    }

    public async Task PressCheckAsync(CheckPressed pressed)
    {
        var login = Require(pressed.Person).GitHub;
        var run =
            world.GitHub.Repository(pressed.Repository)?.Checks.Find(pressed.Run)
            ?? throw new InvalidOperationException("That check run is gone.");
        var delivery = pressed.Identifier is { } identifier
            ? await world.GitHubPeople.PressAsync(login, run, identifier)
            : await world.GitHubPeople.RerequestAsync(login, run);
        if (!delivery.IsOk)
        {
            // GitHub's own page tells nobody; here somebody wants to know why nothing happens.
            throw new InvalidOperationException($"The service did not take GitHub's event: {delivery.Status}.");
        }
    }

    public async Task MergeAsync(Merged merged)
    {
        var app =
            SandboxApp.All.FirstOrDefault(known => known.Name == merged.App)
            ?? throw new InvalidOperationException("There is no such app.");
        if (!Enum.TryParse<ReleaseKind>(merged.Kind, ignoreCase: true, out var kind) || !Enum.IsDefined(kind))
        {
            throw new InvalidOperationException("There is no such kind of release.");
        }

        // The run goes on when the page is closed, as a workflow does.
        await world.Merges.MergeAsync(app, kind);
    }

    public Task DismissAsync(Dismissed dismissed)
    {
        var person = Require(dismissed.Person);
        if (world.Slack.Ephemerals(person.SlackId).Any(shown => shown.Id == dismissed.Id))
        {
            world.Slack.ReplaceEphemeral(dismissed.Id, null);
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        world.Cluster.Changed -= OnCluster;
        world.Slack.Changed -= OnSlack;
        world.GitHub.Changed -= Signal;
    }

    private static SandboxPerson Require(string id) =>
        SandboxTeam.Everybody.FirstOrDefault(known => known.SlackId == id)
        ?? throw new InvalidOperationException("There is no such person.");

    // What people type is text, as in Slack's own composer.
    private static string Escaped(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    private void OnCluster(StoreEvent changed) => Signal();

    private void OnSlack(SlackChange changed) => Signal();

    private void Signal()
    {
        var before = Interlocked.Exchange(ref change, New());
        before.TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
