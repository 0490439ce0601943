using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.GitHub;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing.GitHub;

/// <content>The deployment of a Job and its statuses.</content>
public sealed partial class GitHubSurface
{
    private async Task<Job?> CreateDeploymentAsync(Job job, Scene scene)
    {
        var until = time.GetUtcNow() + CheckRunPlan.IntentLasts;
        var intent = job with { Deployment = job.Deployment! with { CreatingUntil = until } };
        if (await SaveAsync(intent, scene) is not { } saved)
        {
            return null;
        }

        if (time.GetUtcNow() > until - LongestCall)
        {
            return saved;
        }

        var (check, deployment) = (saved.Check!, saved.Deployment!);
        var answer = await deployments.CreateAsync(
            check.Repository,
            check.Commit,
            deployment.Environment,
            DeploymentTexts.Description(saved),
            saved.Id.ToString(),
            scene.Stop
        );
        return answer is GitHubAnswer<long>.Ok(var id)
            ? await KnowAsync(saved, deployment with { Id = id }, scene)
            : await FailAsync(saved, Why(answer), scene);
    }

    private async Task<Job?> FindDeploymentAsync(Job job, Scene scene)
    {
        var (check, deployment) = (job.Check!, job.Deployment!);
        var answer = await deployments.FindAsync(
            check.Repository,
            check.Commit,
            deployment.Environment,
            job.Id.ToString(),
            scene.Stop
        );
        return answer is GitHubAnswer<long?>.Ok(var id)
            ? await KnowAsync(job, deployment with { Id = id }, scene)
            : await FailAsync(job, Why(answer), scene);
    }

    private async Task<Job?> AddStatusAsync(long id, Job job, Scene scene)
    {
        // Whoever goes on after this process has died looks first whether it was told.
        var intent = job with
        {
            Deployment = job.Deployment! with { IsUncertain = true },
        };
        if (await SaveAsync(intent, scene) is not { } saved)
        {
            return null;
        }

        var status = DeploymentTexts.Status(saved, scene.Target);
        var answer = await deployments.AddStatusAsync(saved.Check!.Repository, id, status, scene.Stop);
        var known = saved.Deployment! with { IsUncertain = false };
        return answer is GitHubAnswer<long>.Ok
            ? await KnowAsync(saved, known with { State = status.State }, scene)
            : await FailAsync(saved with { Deployment = known }, Why(answer), scene);
    }

    private async Task<Job?> FindStatusAsync(long id, Job job, Scene scene)
    {
        var answer = await deployments.LastStateAsync(job.Check!.Repository, id, scene.Stop);
        return answer is GitHubAnswer<DeploymentState?>.Ok(var state)
            ? await KnowAsync(job, job.Deployment! with { State = state }, scene)
            : await FailAsync(job, Why(answer), scene);
    }

    private Task<Job?> KnowAsync(Job job, GitHubDeployment deployment, Scene scene)
    {
        outage.End();
        return SaveAsync(job with { Deployment = GitHubFaultsOfJob.Well(deployment) }, scene);
    }

    private Task<Job?> FailAsync(Job job, GitHubFault why, Scene scene)
    {
        var now = time.GetUtcNow();
        Note(job, job.Check!.Repository, why, now);
        return SaveAsync(job with { Deployment = GitHubFaultsOfJob.Failed(job, job.Deployment!, why, now) }, scene);
    }
}
