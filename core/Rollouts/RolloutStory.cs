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
    /// <summary>Steps and status are what they were; something about it was not told yet.</summary>
    public bool OnlyRemark { get; init; }

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

    /// <summary>What was told of this attempt. A pod that keeps crashing has the same troubles in turn.</summary>
    private ImmutableHashSet<string> Remarked { get; init; } = [];

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
            Takeover.None => told.GoOn(RolloutSteps.Next(Current, seen, rollout), rollout, seen),
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
        var remark = Remark.On(release, rollout, seen);
        var story = this with { Current = release, BackAt = PodHash.None, Remarked = Told([], remark) };
        return (story, before.Add(Line(release, remark)));
    }

    private (RolloutStory, ImmutableArray<StoryLine>) GoOn(Release next, RolloutView rollout, Observation seen)
    {
        var told = next.Attempt == Current!.Attempt ? Remarked : [];
        var remark = Remark.On(next, rollout, seen);
        var story = this with { Current = next, Remarked = Told(told, remark) };
        return (
            story,
            !next.LooksLike(Current) ? [Line(next, remark)]
            : remark is not null && !told.Contains(remark.Key) ? [Line(next, remark) with { OnlyRemark = true }]
            : []
        );
    }

    private static ImmutableHashSet<string> Told(ImmutableHashSet<string> told, Remark? remark) =>
        remark is null ? told : told.Add(remark.Key);

    private static StoryLine Line(Release release, Remark? remark) =>
        new(
            release,
            StoryEnd.None,
            remark is null || remark.Addition.Length == 0 ? release.Message : $"{release.Message}; {remark.Addition}"
        );
}
