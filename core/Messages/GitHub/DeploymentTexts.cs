using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Messages.GitHub;

/// <summary>What GitHub's deployments say of a Job. Plain text.</summary>
public static class DeploymentTexts
{
    /// <summary>The environment's name; with the app before it where several apps live in one repository.</summary>
    public static string EnvironmentOf(ReleaseTarget target, ReleaseCatalog catalog)
    {
        var apps = catalog.Apps.Count(app =>
            string.Equals(app.Repository, target.App.Repository, StringComparison.OrdinalIgnoreCase)
        );
        return apps > 1 ? $"{target.App.Name} / {target.Environment.Name}" : target.Environment.Name;
    }

    /// <summary>What is released, of the deployment itself.</summary>
    public static string Description(Job job) =>
        OutsideText.Line($"{job.App} {job.DisplayVersion}", DeploymentStatus.LongestDescription);

    /// <summary>How far it is.</summary>
    public static DeploymentStatus Status(Job job, ReleaseTarget target) =>
        new(
            GitHubDeployment.Of(job),
            OutsideText.Line($"{job.DisplayVersion}: {ReleaseWords.Status(job)}", DeploymentStatus.LongestDescription)
        )
        {
            Environment = target.Environment.EnvironmentUrl,
            Log = job.Card.Link,
        };
}
