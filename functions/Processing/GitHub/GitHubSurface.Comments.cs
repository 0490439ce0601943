using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.GitHub;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing.GitHub;

/// <content>The comments on the pull requests that a Job releases.</content>
public sealed partial class GitHubSurface
{
    private const string NotOurs = "It is another release's, or somebody put something else there.";

    private async Task<Job?> WriteCommentAsync(PullComment comment, Job job, Scene scene)
    {
        if (comment.Id is null)
        {
            // Whoever goes on after this process has died looks for it once this has passed.
            var until = time.GetUtcNow() + CheckRunPlan.IntentLasts;
            comment = comment with { CreatingUntil = until };
            if (await SaveAsync(job with { Comments = job.Comments!.With(comment) }, scene) is not { } saved)
            {
                return null;
            }

            job = saved;
            if (time.GetUtcNow() > until - LongestCall)
            {
                return job;
            }
        }

        var repository = job.Check!.Repository;
        var page = PullCommentDrawing.Build(job, scene.Target, time.GetUtcNow());
        var answer = await comments.WriteAsync(repository, comment.Pull, comment.Id, page, scene.Stop);
        var now = time.GetUtcNow();
        if (answer is GitHubAnswer<long?>.Ok(var id))
        {
            var written = new PullComment(comment.Pull)
            {
                Id = id,
                Shown = PullCommentDrawing.Saying(job),
                IsGivenUp = id is null,
                Problem = id is null ? NotOurs : "",
            };
            return await SaveAsync(job with { Comments = GitHubFaultsOfJob.Well(job.Comments!).With(written) }, scene);
        }

        var why = Why(answer);
        if (GitHubFaultsOfJob.IsOfOneComment(why))
        {
            LogNoComment(job.Id, repository, comment.Pull, why.Kind, why.Message);
        }
        else if (why.IsTransient)
        {
            // A long conversation may be slow by itself: nothing of it begins or ends an outage for everybody's check runs.
            LogPassing(job.Id, repository, why.Kind, why.Message);
        }
        else
        {
            Note(job, repository, why, now);
        }

        return await SaveAsync(
            job with
            {
                Comments = GitHubFaultsOfJob.Failed(job, job.Comments!, comment, why, now),
            },
            scene
        );
    }
}
