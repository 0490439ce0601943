namespace Devflow.ChatOps.Sandbox.Page;

/// <summary>Everything that the page shows to one person. Its JSON is what the page's script reads.</summary>
/// <param name="Hint">What to do next.</param>
/// <param name="Channel">The Slack channel.</param>
/// <param name="Rollouts">The cluster.</param>
/// <param name="Now">The moment of all this, for countdowns.</param>
internal sealed record PageState(
    Hint Hint,
    ChannelPicture Channel,
    IReadOnlyList<RolloutPicture> Rollouts,
    DateTimeOffset Now
);
