using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>A Job as the API shows it; the names are a public contract.</summary>
internal static class JobView
{
    /// <param name="withTimeline">With all that there is of one Job; lists leave it out.</param>
    /// <param name="repository">The app's source repository, for links.</param>
    public static JsonObject Of(Job job, bool withTimeline, string? repository = null)
    {
        var view = new JsonObject
        {
            ["id"] = job.Id.ToString(),
            ["app"] = job.App,
            ["environment"] = job.Environment,
            ["status"] = job.Status.ToString(),
            ["message"] = job.Message,
            ["version"] = job.DisplayVersion,
            ["source"] = job.Source.ToString(),
            ["rollout"] = job.Rollout.ToString(),
            ["podHash"] = job.Release?.Hash.ToString(),
            ["attempt"] = job.Release?.Attempt,
            ["images"] = Texts(job.Images.IsDefault ? [] : job.Images),
            ["baseImages"] = Texts(job.BaseImages.IsDefault ? [] : job.BaseImages),
            ["digest"] = job.Request?.Digest,
            ["sourceCommit"] = job.Request?.SourceCommit,
            ["gitopsCommit"] = job.Request?.GitOpsCommit,
            ["steps"] = new JsonArray([
                .. job.Steps.Select(step => new JsonObject
                {
                    ["name"] = step.Name.ToString(),
                    ["status"] = step.Status.ToString(),
                    ["message"] = step.Message,
                    ["since"] = step.Since,
                }),
            ]),
            ["trouble"] = job.Trouble.Length == 0 ? null : job.Trouble,
            ["promotedBy"] = job.Promotion?.By.DisplayName,
            ["promotedAt"] = job.Promotion?.At,
            ["liveWithoutApproval"] = job.LiveWithoutApproval,
            ["rollback"] = job.Rollback is { } rollback
                ? new JsonObject
                {
                    ["path"] = rollback.Path.ToString(),
                    ["target"] = rollback.Target.ToString(),
                    ["by"] = rollback.By.DisplayName,
                    ["reason"] = rollback.Reason,
                    ["clusterDone"] = rollback.ClusterDone,
                    ["git"] = rollback.Git.ToString(),
                    ["gitCommit"] = rollback.GitCommit,
                    ["gitVersion"] = rollback.GitVersion,
                    ["gitProblem"] = rollback.GitProblem,
                    ["pullRequest"] = rollback.PullRequest?.ToString(),
                    ["gitNeedsPerson"] = rollback.GitNeedsPerson,
                    ["pullRequestEnd"] = rollback.PullEnded?.ToString(),
                }
                : null,
            ["supersededBy"] = job.SupersededBy?.ToString(),
            ["stuck"] = new JsonArray([
                .. job
                    .Outbox.Where(entry => entry.IsStuck)
                    .Select(entry => new JsonObject
                    {
                        ["effect"] = StuckTexts.What(entry.Effect),
                        ["since"] = entry.FailingSince,
                        ["reason"] = entry.LastError,
                    }),
            ]),
            ["createdAt"] = job.CreatedAt,
            ["verifiedAt"] = job.VerifiedAt,
        };
        if (withTimeline)
        {
            view["contents"] = ContentsView.Of(job, repository);
            view["authors"] = ContentsView.Authors(job.Authors);
            view["gitHub"] = GitHubView.Of(job);
            view["earlierEntries"] = job.EarlierEntries;
            view["timeline"] = new JsonArray([
                .. job.Timeline.Select(entry => new JsonObject
                {
                    ["number"] = entry.Number,
                    ["at"] = entry.At,
                    ["text"] = entry.Text,
                }),
            ]);
        }

        return view;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);
}
