using System.Collections.Immutable;
using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>Why a release is told no further.</summary>
public enum StoryEnd
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>A newer pod hash took over.</summary>
    Superseded,

    /// <summary>It was withdrawn, or the Rollout is gone.</summary>
    Cancelled,
}

/// <summary>A change worth telling: the release as it is now, or its last line.</summary>
public sealed record StoryLine(Release Release, StoryEnd End, string Message)
{
    /// <summary>Steps and status are what they were; a pod got into trouble of a kind not told yet.</summary>
    public bool OnlyTrouble { get; init; }

    /// <summary>The word that stands for it: the release's status, or how it ended.</summary>
    public string Status => End == StoryEnd.None ? Release.Status.ToString() : End.ToString();
}

/// <summary>
/// What happened to one Rollout, release by release, told from nothing but what was seen of it. Here the first sight
/// is shown like a release; the service takes it as a baseline.
/// </summary>
public sealed record RolloutStory
{
    /// <summary>Nothing was seen yet.</summary>
    public static RolloutStory Untold { get; } = new();

    /// <summary>The release that the Rollout speaks of; <c>null</c> before the first sight and after an end.</summary>
    public Release? Current { get; init; }

    /// <summary>The version that the Rollout went back to when a release was withdrawn: it is no new release.</summary>
    public PodHash BackAt { get; init; }

    private string Uid { get; init; } = "";

    /// <summary>The troubles of this attempt that were told. A pod that keeps crashing has the same ones in turn.</summary>
    private ImmutableHashSet<string> ToldTroubles { get; init; } = [];

    /// <summary>The story after this observation, and the lines that it adds, in order.</summary>
    public (RolloutStory Story, ImmutableArray<StoryLine> Lines) See(Observation seen)
    {
        if (seen.Rollout is not { } rollout)
        {
            return (Untold, Cancelled(StepTexts.RolloutDeleted));
        }

        if (Uid.Length > 0 && rollout.Uid.Length > 0 && Uid != rollout.Uid)
        {
            var (story, lines) = Untold.See(seen);
            return (story, [.. Cancelled(StepTexts.RolloutReplaced), .. lines]);
        }

        var told = this with { Uid = rollout.Uid };
        if (Current is null)
        {
            return BackAt.IsNone || (rollout.CurrentPodHash != BackAt && !rollout.CurrentPodHash.IsNone)
                ? told.Begin(seen, rollout, former: null, [])
                : (told, []);
        }

        return RolloutSteps.Compare(Current, rollout) switch
        {
            Takeover.None => told.GoOn(RolloutSteps.Next(Current, seen, rollout), seen),
            Takeover.TakenUp => told.Begin(seen, rollout, former: null, []),
            Takeover.ReturnedToBase => (
                told with
                {
                    Current = null,
                    BackAt = rollout.CurrentPodHash,
                },
                Cancelled(StepTexts.Withdrawn(rollout.CurrentPodHash))
            ),
            _ => told.Begin(
                seen,
                rollout,
                Current,
                [new StoryLine(Current, StoryEnd.Superseded, StepTexts.SupersededBy(rollout.CurrentPodHash))]
            ),
        };
    }

    private ImmutableArray<StoryLine> Cancelled(string why) =>
        Current is null ? [] : [new StoryLine(Current, StoryEnd.Cancelled, why)];

    private (RolloutStory, ImmutableArray<StoryLine>) Begin(
        Observation seen,
        RolloutView rollout,
        Release? former,
        ImmutableArray<StoryLine> before
    )
    {
        var release = RolloutSteps.Start(seen, rollout, former);
        var story = this with
        {
            Current = release,
            BackAt = PodHash.None,
            ToldTroubles = Told([], Trouble(release, seen)),
        };
        return (story, before.Add(Line(release)));
    }

    private (RolloutStory, ImmutableArray<StoryLine>) GoOn(Release next, Observation seen)
    {
        var told = next.Attempt == Current!.Attempt ? ToldTroubles : [];
        var trouble = Trouble(next, seen);
        var story = this with { Current = next, ToldTroubles = Told(told, trouble) };
        return (
            story,
            !next.LooksLike(Current) ? [Line(next)]
            : trouble is not null && !told.Contains(trouble) ? [Line(next) with { OnlyTrouble = true }]
            : []
        );
    }

    /// <summary>The kind of trouble that the release's message speaks of while it waits for pods or a person.</summary>
    private static string? Trouble(Release release, Observation seen) =>
        release.Status is ReleaseStatus.Running or ReleaseStatus.AwaitingApproval
        && seen.TroubleOf(release.Hash) is { } trouble
        && release.Message.Contains(Plain.OneLine(trouble.Reason, 80), StringComparison.Ordinal)
            ? trouble.Reason
            : null;

    private static ImmutableHashSet<string> Told(ImmutableHashSet<string> told, string? trouble) =>
        trouble is null ? told : told.Add(trouble);

    private static StoryLine Line(Release release) => new(release, StoryEnd.None, release.Message);
}
