using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.GitOps.Reverting;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>The desired state in repositories on GitHub, written as the service's own App.</summary>
public sealed class GitHubDesiredState(InstallationTokens tokens, GitHubLimits limits) : IDesiredState
{
    /// <summary>For one answer; a try as a whole has <see cref="GitChanges.Attempt"/>.</summary>
    private static readonly TimeSpan timeout = TimeSpan.FromSeconds(8);

    /// <inheritdoc />
    public bool IsSetUp => true;

    /// <inheritdoc />
    public async Task<GitAnswer> RevertAsync(
        string app,
        string environment,
        Effect.RevertGit what,
        CancellationToken stop
    )
    {
        if (ImageMatch.Of(what.Image, what.TargetImages) is not { } target)
        {
            return Fault(
                ReleaseCodes.ImageNotFound,
                $"The version to go back to does not run {what.Image}, which the catalog names as the image of {app} {environment}.",
                needsPerson: true
            );
        }

        if (limits.Refuse(what.Repository) is { } wait)
        {
            return Fault(ReleaseCodes.RateLimited, wait.Message, wait.RetryAfter);
        }

        var host = new LeastHost(tokens, what.Repository, timeout);
        return await new Reverter(host).RunAsync(Order(app, environment, what, target), stop) switch
        {
            RevertOutcome.Written it => Counted(
                what.Repository,
                new GitAnswer.Written(it.Sha.Value, it.ImageOnly) { IsOnSynced = it.IsOnSynced }
            ),
            RevertOutcome.Agrees it => new GitAnswer.Agrees(it.Head.Value),
            RevertOutcome.Overtaken it => new GitAnswer.Overtaken(it.Version, it.By.Value),
            RevertOutcome.Proposed it => Counted(what.Repository, new GitAnswer.Proposed(it.Url, it.ImageOnly)),
            RevertOutcome.StillProposed => new GitAnswer.StillProposed(),
            RevertOutcome.Declined it => new GitAnswer.Declined(
                it.State switch
                {
                    ProposalState.Closed => PullEnd.Closed,
                    ProposalState.Merged => PullEnd.Merged,
                    _ => PullEnd.NotFound,
                }
            ),
            RevertOutcome.Failed it => Noted(what.Repository, it),
            _ => throw new InvalidOperationException("An outcome that nobody reads."),
        };
    }

    private static RevertOrder Order(string app, string environment, Effect.RevertGit what, ImageReference target) =>
        new()
        {
            Id = what.Mark,
            Repository = what.Repository,
            Branch = what.Branch,
            Path = what.Path,
            App = app,
            Environment = environment,
            Target = target,
            Bad = ImageMatch.Of(what.Image, what.BadImages),
            Commit = CommitSha.TryParse(what.Commit),
            At = what.At,
            Synced = CommitSha.TryParse(what.Synced),
            Reason = what.Reason,
            Actor = what.By,
            Mode = what.AsPullRequest ? ReleaseMode.PullRequest : ReleaseMode.Commit,
            IsProposed = what.IsProposed,
        };

    // Most looks write nothing: only what was written is known afterwards.
    private GitAnswer Counted(string repository, GitAnswer answer)
    {
        limits.Take(repository, GitHubWrite.Git);
        return answer;
    }

    // Check runs and deployments of the same owner wait with it.
    private GitAnswer.Fault Noted(string repository, RevertOutcome.Failed failed)
    {
        if (failed.Code == ReleaseCodes.RateLimited)
        {
            limits.Noted(repository, new GitHubFault(GitHubFaultKind.RateLimited, failed.Message, failed.RetryAfter));
        }

        return Fault(failed.Code, failed.Message, failed.RetryAfter, needsPerson: !failed.IsPassing);
    }

    private static GitAnswer.Fault Fault(
        string code,
        string message,
        TimeSpan? retryAfter = null,
        bool needsPerson = false
    ) => new(new GitFault(code, message, retryAfter, needsPerson));
}
