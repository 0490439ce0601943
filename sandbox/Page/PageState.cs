using Devflow.ChatOps.Sandbox.World;

namespace Devflow.ChatOps.Sandbox.Page;

/// <summary>Everything that the page shows to one person. Its JSON is what the page's script reads.</summary>
/// <param name="Person">Slack id of that person.</param>
/// <param name="Hint">What to do next.</param>
/// <param name="Channel">The Slack channel.</param>
/// <param name="Apps">The cluster.</param>
/// <param name="Now">The moment of all this, for countdowns.</param>
internal sealed record PageState(
    string Person,
    Hint Hint,
    ChannelPicture Channel,
    IReadOnlyList<AppPicture> Apps,
    DateTimeOffset Now
)
{
    /// <summary>Whom one can be.</summary>
    public IReadOnlyList<SandboxPerson> People { get; } = SandboxTeam.Everybody;

    /// <summary>The latest commits at GitHub that have check runs.</summary>
    public required IReadOnlyList<CommitPicture> Commits { get; init; }

    /// <summary>What to type in a terminal.</summary>
    public required IReadOnlyList<TerminalCommand> Commands { get; init; }
}

/// <summary>An app: what the cluster says, and what the service makes of it.</summary>
internal sealed record AppPicture(RolloutPicture Rollout, ReleasePicture? Release)
{
    /// <summary>What is going to happen by itself.</summary>
    public IReadOnlyList<Countdown> Countdowns =>
        Release?.InstantRollbackUntil is { } until
            ? [.. Rollout.Countdowns, new Countdown("instant rollback", until)]
            : Rollout.Countdowns;
}

/// <summary>A line for a terminal.</summary>
internal sealed record TerminalCommand(string What, string Line);
