using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Functions.Processing.GitHub;

/// <summary>Compares how far a Job is with what its GitHub deployment says. Pure.</summary>
internal static class DeploymentPlan
{
    public static GitHubStep Next(Job job, DateTimeOffset now)
    {
        if (job.Deployment is not { } deployment || deployment.Shows(job))
        {
            return new GitHubStep.Rest(null);
        }

        if (
            CheckRunPlan.Later(CheckRunPlan.Latest(deployment.CreatingUntil, deployment.Trouble.NotBefore), now) is
            { } wait
        )
        {
            return new GitHubStep.Rest(wait);
        }

        return deployment switch
        {
            { CreatingUntil: not null } => new GitHubStep.FindDeployment(),
            { Id: null } => new GitHubStep.CreateDeployment(),
            { IsUncertain: true, Id: { } id } => new GitHubStep.FindStatus(id),
            { Id: { } id } => new GitHubStep.AddStatus(id),
        };
    }
}
