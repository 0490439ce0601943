using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>
/// When a release's contents are read, and what the answer means for its Job. Not part of the release: nothing waits for
/// it but the author rule.
/// </summary>
public static class ContentsReading
{
    private static readonly TimeSpan firstWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan longestWait = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The question that is open for the current Job, and when it may be asked; nothing when all is known, or when there
    /// is nothing to know: the release was seen in the cluster only, is a way back, or is over.
    /// </summary>
    public static (ContentsQuestion Question, DateTimeOffset? NotBefore)? Due(
        RolloutJobs jobs,
        ReleaseTarget target,
        DateTimeOffset now
    )
    {
        if (
            jobs.Current
                is not {
                    Release: not null,
                    Request: { SourceCommit: { } head } request,
                    Source: not JobSource.Baseline,
                    RollbackOf: null,
                    IsFinal: false,
                    HasLeft: false,
                } job
            || !ReleaseBase.IsCommit(head)
        )
        {
            return null;
        }

        var environment = target.Environment;
        var before = ReleaseBase.Source(jobs, job, environment);
        var gitOps = request.GitOpsCommit is { } commit && ReleaseBase.IsCommit(commit) ? commit : null;
        // Where the catalog knows the repository, an announcement that names another one is not followed there.
        var place = environment.GitOps?.Repository ?? request.GitOpsRepository;
        var asked = new ReleaseContents(head, before, place is null ? null : gitOps)
        {
            WorkflowCommit = request.WorkflowCommit,
        };
        var known = job.Contents is { } contents && Same(contents, asked) ? contents : asked;
        var needsConfig =
            known is { GitOpsCommit: not null, GitOpsReadAt: null }
            && !SyncedRevisions.IsAwaited(job, environment, now);
        if (known.ReadAt is not null && !needsConfig)
        {
            return null;
        }

        var question = new ContentsQuestion(
            job.Id,
            job.Rollout,
            target.App.Repository,
            head,
            before,
            place,
            known.GitOpsCommit,
            known.ReadAt is null,
            needsConfig
        )
        {
            WorkflowCommit = request.WorkflowCommit,
            Baseline = environment.Baseline == before ? null : environment.Baseline,
            Range = environment.GitOps is { } desired ? RangeOf(job, desired, ReleaseBase.GitOps(jobs, job)) : null,
        };
        return (question, known.NotBefore);
    }

    /// <summary>The Job with the answer; <c>null</c> when it asks for something else by now.</summary>
    public static Job? WithContents(this Job job, ContentsQuestion question, ContentsAnswer answer, DateTimeOffset now)
    {
        if (
            job.IsFinal
            || job.Request is not { } request
            || request.SourceCommit != question.Head
            || request.WorkflowCommit != question.WorkflowCommit
        )
        {
            return null;
        }

        var asked = new ReleaseContents(question.Head, question.Base, question.GitOpsCommit)
        {
            WorkflowCommit = question.WorkflowCommit,
        };
        var before = job.Contents is { } known && Same(known, asked) ? known : asked;
        var contents = before;
        var next = job;
        // Half of the people are not everybody: both commits are told, or none.
        var workflow = (answer.Workflow as GitHubAnswer<Contributions>.Ok)?.Value;
        if (
            answer.Commits is GitHubAnswer<Contributions>.Ok(var told)
            && (question.WorkflowCommit is null || workflow is not null)
        )
        {
            contents = WithCommits(contents, told, now) with
            {
                AuthorsAreCut = IsCut(told) || (workflow is not null && IsCut(workflow)),
                Base = answer.IsFromBaseline ? question.Baseline : contents.Base,
                UnknownBase = answer.IsFromBaseline ? question.Base : null,
            };
            next = job with
            {
                Authors = Completed(job.Authors, [.. told.Identities(), .. workflow?.Identities() ?? []]),
            };
        }

        if (answer.Config is GitHubAnswer<GitOpsChanges>.Ok(var changes))
        {
            contents = WithConfig(contents, changes, job, now);
            next = next with { Authors = Completed(next.Authors, changes) };
        }

        var fault =
            (answer.Commits as GitHubAnswer<Contributions>.Fault)?.Why
            ?? (answer.Workflow as GitHubAnswer<Contributions>.Fault)?.Why
            ?? (answer.Config as GitHubAnswer<GitOpsChanges>.Fault)?.Why;
        contents = fault is null
            ? contents with
            {
                Failures = 0,
                NotBefore = null,
                Problem = "",
            }
            : contents with
            {
                Failures = before.Failures + 1,
                NotBefore = now + Wait(question, before.Failures + 1, fault.RetryAfter),
                Problem = Plain.OneLine(fault.Message, 200),
            };
        return (next with { Contents = contents }).Revised(job);
    }

    /// <summary>
    /// The people behind the release as they are known now. Where GitHub can be asked for the commit and has not told yet,
    /// somebody may be missing, and the author rule must know.
    /// </summary>
    internal static Authors AuthorsNow(this Job job, Circumstances here)
    {
        if (!here.AsksGitHub || job.RollbackOf is not null || job.Request is not { } request)
        {
            return job.Authors;
        }

        var gap =
            request.SourceCommit is not { } head ? AuthorGap.NoCommit
            : here.Environment.GitOps is not null && request.GitOpsCommit is null ? AuthorGap.NoGitOpsCommit
            : job.Contents is not { ReadAt: not null } contents || contents.Head != head ? AuthorGap.NotTold
            : contents.WorkflowCommit != request.WorkflowCommit ? AuthorGap.NotTold
            : contents is { GitOpsCommit: not null, GitOpsReadAt: null } ? AuthorGap.NotTold
            : contents.AuthorsAreCut || contents.GitOpsAuthorsAreCut ? AuthorGap.TooMany
            : contents.Base is null && job.Release?.FirstInstall != true ? AuthorGap.NoBase
            : AuthorGap.None;
        // GitHub may tell an event's merge earlier than the pull requests of a commit.
        var merged = job.Check?.Pull is { } pull ? Contributions.Of(pull) : [];
        return new Authors([.. job.Authors.Identities.Concat(merged).Distinct()]) { Gap = gap };
    }

    private static ReleaseContents WithCommits(ReleaseContents contents, Contributions told, DateTimeOffset now) =>
        contents with
        {
            ReadAt = now,
            Commits = told.KeptCommits(),
            TotalCommits = told.IsOnlyHead ? 0 : told.Comparison.Total,
            Behind = told.Comparison.Behind,
            Pulls = told.KeptPulls(),
            TotalPulls = told.IsOnlyHead ? 0 : told.Pulls.Count,
        };

    private static bool IsCut(Contributions told) => told.Comparison.Commits.Length < told.Comparison.Total;

    private static ReleaseContents WithConfig(
        ReleaseContents contents,
        GitOpsChanges changes,
        Job job,
        DateTimeOffset now
    )
    {
        var files = changes.Files(ConfigDiff.WordsOf(job.Request!, job.BaseImages.IsDefault ? [] : job.BaseImages));
        return contents with
        {
            GitOpsReadAt = now,
            HasGitOpsCommit = changes.HasAnnounced,
            IsGitOpsBaseUnknown = changes.IsBaseUnknown && job.Release?.FirstInstall != true,
            GitOpsCommits = changes.KeptCommits(contents.GitOpsCommit!),
            GitOpsAuthorsAreCut = changes.IsCut,
            Files = [.. files.Take(ReleaseContents.MostFiles)],
            TotalFiles = files.Count,
        };
    }

    // Whoever asked for it is known from the command; the others are as GitHub tells them now.
    private static Authors Completed(Authors authors, IEnumerable<AuthorIdentity> told) =>
        new([
            .. authors
                .Identities.Where(identity => identity.Role == AuthorRole.Requester || identity.IsOfGitOps)
                .Concat(told)
                .Distinct(),
        ]);

    // The Action's commits are an App's, and Apps press nothing.
    private static Authors Completed(Authors authors, GitOpsChanges changes) =>
        new([.. authors.Identities.Where(identity => !identity.IsOfGitOps), .. changes.Identities()]);

    // A sync of what was synced before brings no release: it is an earlier one, and the branch has what came after it.
    private static GitOpsRange RangeOf(Job job, GitOpsSource desired, string? before) =>
        new(
            desired.Path,
            desired.Branch,
            job.SyncedRevision is { } synced && synced != before && ReleaseBase.IsCommit(synced) ? synced : null,
            before
        );

    // The base is not compared while it is unknown: the Job that tells it may have been forgotten since.
    private static bool Same(ReleaseContents known, ReleaseContents asked) =>
        known.Head == asked.Head
        && known.WorkflowCommit == asked.WorkflowCommit
        && known.GitOpsCommit == asked.GitOpsCommit
        && ((known.UnknownBase ?? known.Base) == asked.Base || asked.Base is null);

    private static TimeSpan Wait(ContentsQuestion question, int failures, TimeSpan? asked)
    {
        var backoff = RetryDelay.After($"{question.Job}:contents", failures, firstWait, longestWait);
        return asked > backoff ? asked.Value : backoff;
    }
}
