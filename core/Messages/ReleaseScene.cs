using System.Collections.Immutable;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>What the parts of a card are drawn from.</summary>
/// <param name="Longest">The most characters that a piece of outside text may take.</param>
internal sealed record ReleaseScene(Job Job, ReleaseTarget Target, DateTimeOffset Now, int Longest)
{
    /// <summary>How the surface writes that it is drawn for.</summary>
    public Markup Markup { get; init; } = Markup.Slack;

    /// <summary>The card of the Job that took its place, where that has one.</summary>
    public SlackCard? Newer { get; init; }

    public AppEnvironment Environment => Target.Environment;

    /// <summary>App and environment, plain text.</summary>
    public string Where => $"{OutsideText.Line(Job.App, 40)} {OutsideText.Line(Job.Environment, 24)}";

    /// <summary>What is released, plain text.</summary>
    public string Version => Short(Job.DisplayVersion, Job.Release?.Hash ?? PodHash.None);

    /// <summary>The version that it replaces, plain text; empty when there is none or it is not known.</summary>
    public string Base => Job.Release is { } release ? VersionOf(Job.BaseImages, release.Base) : "";

    /// <summary>The version that the rollback goes to, plain text.</summary>
    public string RollbackTarget => Short(JobTexts.Target(Job), Job.Rollback?.Target ?? PodHash.None);

    /// <summary>Nothing about going live is open: it is over, or live already.</summary>
    public bool IsBeforeEnd =>
        Job.Status
            is JobStatus.Pending
                or JobStatus.Syncing
                or JobStatus.Running
                or JobStatus.AwaitingApproval
                or JobStatus.Failed;

    /// <summary>It counts down autoPromotionSeconds: nobody approves.</summary>
    public bool CountsDown =>
        Job.Status == JobStatus.Running && Job.Release?[StepName.Verify].Status == StepStatus.Waiting;

    /// <summary>A promote would only run the analysis again.</summary>
    public bool IsInconclusive => VerifyBegins(StepTexts.Inconclusive(null));

    /// <summary>spec.paused belongs to Git; a promote is refused.</summary>
    public bool IsPausedByHand =>
        VerifyBegins(StepTexts.PausedByHand) || VerifyBegins(StepTexts.AwaitingApproval(pausedByHand: true, null));

    /// <summary>The lock that holds now.</summary>
    public ReleaseLock? Lock => Job.Lock is { } held && held.IsHeldAt(Now) ? held : null;

    /// <summary>The freeze that is on; a rollback is promoted in freezes too.</summary>
    public Frozen? Freeze => Job.Freeze is { } freeze && Now < freeze.Until ? freeze : null;

    /// <summary>Who may promote it.</summary>
    public IReadOnlyList<string> Approvers => Job.RollbackOf is null ? Environment.Promote.By : Environment.Rollback.By;

    /// <summary>How many approvals it needs.</summary>
    public int VotesNeeded => Job.RollbackOf is null ? Math.Max(1, Environment.Promote.Votes) : 1;

    /// <summary>The approvals that count now.</summary>
    public ImmutableArray<Vote> Votes =>
        Job.Votes.RemoveAll(vote =>
            vote.Subject != Job.Subject || Environment.Promote.ExpireAfter is { } life && Now - vote.At >= life
        );

    /// <summary>A version as people call it; the pod hash where no image is known.</summary>
    public static string VersionOf(ImmutableArray<string> images, PodHash hash) =>
        Short(images.IsDefaultOrEmpty ? "" : VersionName.TagOf(images[0]), hash);

    /// <summary>Outside text for a line.</summary>
    public string Text(string? text) => Markup.Text(text, Longest);

    public string Code(string? text) => Markup.Code(text, Longest);

    public string Bold(string words) => Markup.Bold(words);

    public string At(DateTimeOffset at) => Markup.Moment(at, Now);

    /// <summary>A person's name.</summary>
    public string Name(Actor actor) => Markup.Text(actor.PersonName ?? actor.DisplayName, Math.Min(60, Longest));

    /// <summary>Names of people and teams, plain text.</summary>
    public static string Either(IReadOnlyList<string> names) =>
        names.Count switch
        {
            0 => "nobody",
            <= 3 => string.Join(" or ", names.Select(name => OutsideText.Line(name, 40))),
            _ => string.Join(", ", names.Take(3).Select(name => OutsideText.Line(name, 40))) + " or others",
        };

    private bool VerifyBegins(string text) =>
        Job.Release?[StepName.Verify] is { Status: StepStatus.Waiting } verify
        && verify.Message.StartsWith(text, StringComparison.Ordinal);

    private static string Short(string version, PodHash hash) =>
        OutsideText.Line(version, 40) is { Length: > 0 } shown ? shown : OutsideText.Line(hash.ToString(), 40);
}
