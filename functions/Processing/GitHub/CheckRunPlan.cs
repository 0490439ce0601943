using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.GitHub;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing.GitHub;

/// <summary>What to do next about a Job's check run, its deployment or its comments.</summary>
internal abstract record GitHubStep
{
    private GitHubStep() { }

    /// <summary>Nothing now; <c>null</c>: nothing until the Job changes.</summary>
    public sealed record Rest(DateTimeOffset? LookAgainAt) : GitHubStep;

    /// <summary>Somebody was creating a run and was not heard of again: look whether it is there.</summary>
    public sealed record FindRun(ShownCheckRun Run) : GitHubStep;

    /// <summary>Create a run, the first or one that goes on where another was completed.</summary>
    public sealed record CreateRun(ShownCheckRun Run) : GitHubStep;

    /// <summary>Show the present state on the run that is there.</summary>
    /// <param name="IsRenewal">It is shown already, and only the time of the last look at the cluster is newer.</param>
    public sealed record UpdateRun(ShownCheckRun Run, bool IsRenewal = false) : GitHubStep;

    /// <summary>Somebody was creating the deployment and was not heard of again.</summary>
    public sealed record FindDeployment : GitHubStep;

    public sealed record CreateDeployment : GitHubStep;

    /// <summary>A status was told and its answer never seen: ask for the last one.</summary>
    public sealed record FindStatus(long Deployment) : GitHubStep;

    public sealed record AddStatus(long Deployment) : GitHubStep;

    /// <summary>Write the comment on one pull request, or write it again; one that is not known is looked for first.</summary>
    public sealed record WriteComment(PullComment Comment) : GitHubStep;
}

/// <summary>Compares what a Job says with what its check run shows (design section 6). Pure.</summary>
internal static class CheckRunPlan
{
    /// <summary>How long an intent lasts; the request that it announces takes less.</summary>
    public static readonly TimeSpan IntentLasts = TimeSpan.FromSeconds(10);

    /// <summary>A run is updated at most this often while nobody waits for it.</summary>
    public static readonly TimeSpan UpdateEvery = TimeSpan.FromSeconds(5);

    /// <summary>Who asks again and again for a run to be run again makes no more of them than this.</summary>
    public static readonly TimeSpan AgainEvery = TimeSpan.FromSeconds(30);

    /// <summary>More runs are not created for those that were lost: somebody does not want them.</summary>
    public const int MostLosses = 3;

    public static GitHubStep Next(Job job, DateTimeOffset now)
    {
        var check = job.Check;
        if (check is null or { IsNone: true })
        {
            return new GitHubStep.Rest(null);
        }

        if (check.Creating is { } intent)
        {
            return Later(Latest(intent.Until, check.Trouble.Holds(null)), now) is { } wait
                ? new GitHubStep.Rest(wait)
                : new GitHubStep.FindRun(intent.Run);
        }

        var wanted = Wanted(job, check);
        if (check.Shows(job.Revision))
        {
            return !IsOld(job, now) ? new GitHubStep.Rest(null)
                : Later(check.Trouble.Holds(GitHubWrite.Renewal), now) is { } renewAt ? new GitHubStep.Rest(renewAt)
                : new GitHubStep.UpdateRun(wanted with { Id = check.Run!.Id, Number = check.Run.Number }, true);
        }

        var updates = check.Run is { } shown && !check.IsAskedAgain && !HasMovedOn(shown, wanted) ? shown : null;
        var at = Latest(
            updates is null ? AgainAt(check, wanted) : UpdateAt(job, check),
            check.Trouble.Holds(GitHubWrites.Of(wanted.State))
        );
        return Later(at, now) is { } later ? new GitHubStep.Rest(later)
            : updates is null ? new GitHubStep.CreateRun(wanted)
            : new GitHubStep.UpdateRun(wanted with { Id = updates.Id, Number = updates.Number });
    }

    /// <summary>
    /// It says nothing wrong, but whoever is asked to act reads a time at which the cluster was read long ago, as on the card.
    /// </summary>
    public static bool IsOld(Job job, DateTimeOffset now) =>
        job.Status is JobStatus.AwaitingApproval or JobStatus.Failed
        && job.Check is { Run: not null, Creating: null, UpdatedAt: { } shown }
        && now - shown >= SlackSurfacePlan.RenewEvery
        && job.VerifiedAt > shown;

    /// <summary>
    /// A completed run does not go back, and whoever pressed a button of it spoke of what it showed: another state, another
    /// attempt or another pause is another run.
    /// </summary>
    private static bool HasMovedOn(ShownCheckRun shown, ShownCheckRun wanted) =>
        shown.IsCompleted
        && (shown.State != wanted.State || shown.Attempt != wanted.Attempt || shown.Subject != wanted.Subject);

    private static ShownCheckRun Wanted(Job job, GitHubCheck check) =>
        new(
            0,
            check.LastNumber + 1,
            job.Release?.Attempt ?? 1,
            job.Release?.Hash ?? default,
            CheckRunDrawing.StateOf(job)
        )
        {
            Subject = job.Status == JobStatus.AwaitingApproval ? job.Subject : null,
        };

    // What has changed is waited for by all.
    private static DateTimeOffset? AgainAt(GitHubCheck check, ShownCheckRun wanted) =>
        check.Run is { } shown && !HasMovedOn(shown, wanted) ? check.DrawnAgainAt + AgainEvery : null;

    // Whoever looks at a release that waits, failed or ended must not look at a former state.
    private static DateTimeOffset? UpdateAt(Job job, GitHubCheck check) =>
        CheckRunDrawing.StateOf(job).IsCompleted() ? null : check.UpdatedAt + UpdateEvery;

    internal static DateTimeOffset? Later(DateTimeOffset? at, DateTimeOffset now) => at > now ? at : null;

    internal static DateTimeOffset? Latest(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other > one ? other : one;
}
