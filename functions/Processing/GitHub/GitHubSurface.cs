using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.GitHub;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing.GitHub;

/// <summary>
/// Keeps the check run of a Job, its deployment and its comments in agreement with it: from the state, never from events, so that after an
/// outage there is one catch-up. GitHub has no idempotency key: an intent is saved before something is created, and whoever
/// finds one that has passed looks it up first. Faults of GitHub are kept in the Job and stop no release.
/// </summary>
public sealed partial class GitHubSurface(
    IJobs jobs,
    ICheckRuns checks,
    IDeployments deployments,
    IPullComments comments,
    TimeProvider time,
    ILogger<GitHubSurface> logger
)
{
    /// <summary>Ends what would go on for ever; a release with many comments comes to no more within the time that there is.</summary>
    private const int MostSteps = 20;

    /// <summary>The rollout's other work waits meanwhile.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(3);

    /// <summary>A call's timeout and a second; a creation begins only while its intent lasts longer than this.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(6);

    private static readonly Func<Job, DateTimeOffset, GitHubStep>[] plans =
    [
        CheckRunPlan.Next,
        DeploymentPlan.Next,
        PullCommentPlan.Next,
    ];

    private readonly GitHubOutage outage = new();

    /// <summary>Brings GitHub in step with the Job. Makes no call and no write when it is.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    public async Task<SurfaceResult> DrawAsync(
        Job job,
        ReleaseTarget target,
        ReleaseCatalog catalog,
        RolloutLease held,
        CancellationToken stop
    )
    {
        var scene = new Scene(target, held, stop);
        if (GitHubBeginning.Of(job, target, catalog, checks.IsSetUp) is { } begun)
        {
            if (await SaveAsync(begun, scene) is not { } saved)
            {
                return LeaseLost(job);
            }

            job = saved;
        }

        var began = time.GetUtcNow();
        for (var steps = 0; steps < MostSteps && time.GetUtcNow() - began < Budget; steps++)
        {
            var now = time.GetUtcNow();
            var (step, lookAgainAt) = Next(job, now);
            if (step is null)
            {
                return new SurfaceResult(job, lookAgainAt);
            }

            // Everybody's calls would wait as long as the first one did, each under its Rollout's lease.
            if (outage.Until > now)
            {
                return new SurfaceResult(job, outage.Until);
            }

            if (await PerformAsync(step, job, scene) is not { } next)
            {
                return LeaseLost(job);
            }

            job = next;
        }

        return new SurfaceResult(job, time.GetUtcNow());
    }

    /// <summary>What is to be done first: the check run is what people act on, the comments are read at leisure.</summary>
    private static (GitHubStep? Step, DateTimeOffset? LookAgainAt) Next(Job job, DateTimeOffset now)
    {
        DateTimeOffset? lookAgainAt = null;
        foreach (var next in plans)
        {
            var step = next(job, now);
            if (step is not GitHubStep.Rest(var at))
            {
                return (step, null);
            }

            lookAgainAt = Earliest(lookAgainAt, at);
        }

        return (null, lookAgainAt);
    }

    private async Task<Job?> PerformAsync(GitHubStep step, Job job, Scene scene) =>
        step switch
        {
            GitHubStep.FindRun find => await FindRunAsync(find.Run, job, scene),
            GitHubStep.CreateRun create => await CreateRunAsync(create.Run, job, scene),
            GitHubStep.UpdateRun update => await UpdateRunAsync(update, job, scene),
            GitHubStep.FindDeployment => await FindDeploymentAsync(job, scene),
            GitHubStep.CreateDeployment => await CreateDeploymentAsync(job, scene),
            GitHubStep.FindStatus find => await FindStatusAsync(find.Deployment, job, scene),
            GitHubStep.AddStatus add => await AddStatusAsync(add.Deployment, job, scene),
            GitHubStep.WriteComment write => await WriteCommentAsync(write.Comment, job, scene),
            _ => throw new InvalidOperationException($"There is no such step: {step.GetType().Name}."),
        };

    private async Task<Job?> CreateRunAsync(ShownCheckRun run, Job job, Scene scene)
    {
        var now = time.GetUtcNow();
        var until = now + CheckRunPlan.IntentLasts;
        // What was said to somebody belongs to the run on which they pressed.
        var begun = job.Check! switch
        {
            { IsAskedAgain: true } again => again with { DrawnAgainAt = now },
            var other => other with { Answer = null },
        };
        if (
            await SaveAsync(job with { Check = begun with { Creating = new CheckRunIntent(run, until) } }, scene)
            is not { } saved
        )
        {
            return null;
        }

        if (time.GetUtcNow() > until - LongestCall)
        {
            // After so slow a save another process could be looking it up while this one creates: leave it to that.
            return saved;
        }

        var check = saved.Check!;
        var page = CheckRunDrawing.Build(saved, IdOf(saved, run), scene.Target, time.GetUtcNow());
        var answer = await checks.CreateAsync(check.Repository, check.Commit, page, scene.Stop);
        if (answer is GitHubAnswer<long>.Ok(var id))
        {
            LogCreated(job.Id, page.ExternalId, page.State);
            return await ShowAsync(saved, run with { Id = id }, scene);
        }

        return await FailAsync(saved, Why(answer), GitHubFaultsOfJob.NotCreated, scene);
    }

    private async Task<Job?> UpdateRunAsync(GitHubStep.UpdateRun update, Job job, Scene scene)
    {
        var run = update.Run;
        var page = CheckRunDrawing.Build(job, IdOf(job, run), scene.Target, time.GetUtcNow()) with
        {
            IsRenewal = update.IsRenewal,
        };
        var answer = await checks.UpdateAsync(job.Check!.Repository, run.Id, page, scene.Stop);
        return answer is GitHubAnswer<long>.Ok
            ? await ShowAsync(job, run, scene)
            : await FailAsync(job, Why(answer), GitHubFaultsOfJob.NotUpdated, scene);
    }

    private async Task<Job?> FindRunAsync(ShownCheckRun run, Job job, Scene scene)
    {
        var check = job.Check!;
        var id = IdOf(job, run).ToString();
        var answer = await checks.FindAsync(
            check.Repository,
            check.Commit,
            CheckRunDrawing.NameOf(job),
            id,
            scene.Stop
        );
        if (answer is not GitHubAnswer<FoundCheckRun?>.Ok(var found))
        {
            return await FailAsync(job, Why(answer), GitHubFaultsOfJob.NotRead, scene);
        }

        outage.End();
        LogLookedUp(job.Id, id, found is not null);
        var known = GitHubFaultsOfJob.Well(check);
        // It shows what the Job was then; whatever differs by now is redrawn.
        return await SaveAsync(
            job with
            {
                Check = found is null
                    ? known
                    : known with
                    {
                        Run = run with { Id = found.Id, State = found.State },
                        LastNumber = run.Number,
                        IsAskedAgain = false,
                        ShownRevision = -1,
                    },
            },
            scene
        );
    }

    private Task<Job?> ShowAsync(Job job, ShownCheckRun run, Scene scene)
    {
        outage.End();
        return SaveAsync(
            job with
            {
                Check = GitHubFaultsOfJob.Well(job.Check!) with
                {
                    Run = run,
                    LastNumber = Math.Max(job.Check!.LastNumber, run.Number),
                    ShownRevision = job.Revision,
                    UpdatedAt = time.GetUtcNow(),
                    IsAskedAgain = false,
                },
            },
            scene
        );
    }

    private Task<Job?> FailAsync(
        Job job,
        GitHubFault why,
        Func<Job, GitHubCheck, GitHubFault, DateTimeOffset, GitHubCheck> failed,
        Scene scene
    )
    {
        var now = time.GetUtcNow();
        Note(job, job.Check!.Repository, why, now);
        return SaveAsync(job with { Check = failed(job, job.Check!, why, now) }, scene);
    }

    private Task<Job?> SaveAsync(Job job, Scene scene) => jobs.SaveAsync(job, scene.Held, scene.Stop);

    private SurfaceResult LeaseLost(Job job)
    {
        LogLeaseLost(job.Id);
        return new SurfaceResult(job, null);
    }

    private static CheckRunId IdOf(Job job, ShownCheckRun run) => new(job.Id, run.Attempt, run.Number);

    private static GitHubFault Why<T>(GitHubAnswer<T> answer) => ((GitHubAnswer<T>.Fault)answer).Why;

    private static DateTimeOffset? Earliest(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other : one;

    private sealed record Scene(ReleaseTarget Target, RolloutLease Held, CancellationToken Stop);
}
