using System.Collections.Immutable;

namespace Devflow.ChatOps.Core.Ports;

/// <summary>
/// What the product reads from GitHub. Every answer is a value; repositories are <c>owner/name</c>, commits full hashes.
/// </summary>
public interface IGitHub
{
    /// <summary>There is a GitHub App to ask with; without one every answer is <see cref="GitHubFaultKind.NotSetUp"/>.</summary>
    bool IsSetUp { get; }

    /// <summary>
    /// Logins of a team's members, those of its child teams included; <paramref name="team"/> is
    /// <c>organization/slug</c>. Cached for a minute, never answered from an older cache.
    /// </summary>
    Task<GitHubAnswer<IReadOnlyCollection<string>>> TeamMembersAsync(string team, CancellationToken stop);

    /// <summary>More of a path's history is not read.</summary>
    const int MostOfPath = 100;

    /// <summary>What <paramref name="head"/> has and <paramref name="base"/> has not, the first <paramref name="most"/>.</summary>
    Task<GitHubAnswer<GitComparison>> CompareAsync(
        string repository,
        string @base,
        string head,
        int most,
        CancellationToken stop
    );

    /// <summary>
    /// The newest commits up to <paramref name="head"/> that changed something below <paramref name="path"/>, newest first,
    /// at most <see cref="MostOfPath"/>.
    /// </summary>
    Task<GitHubAnswer<ImmutableArray<GitCommit>>> CommitsOfPathAsync(
        string repository,
        string head,
        string path,
        CancellationToken stop
    );

    /// <summary>One commit with the files that it changed.</summary>
    Task<GitHubAnswer<GitChange>> CommitAsync(string repository, string commit, CancellationToken stop);

    /// <summary>Numbers of the merged pull requests that brought a commit.</summary>
    Task<GitHubAnswer<ImmutableArray<int>>> PullsOfAsync(string repository, string commit, CancellationToken stop);

    /// <summary>One pull request.</summary>
    Task<GitHubAnswer<GitPull>> PullAsync(string repository, int number, CancellationToken stop);
}

/// <summary>What one commit has that another has not.</summary>
/// <param name="Commits">Oldest first.</param>
/// <param name="Total">How many there are; more than <see cref="Commits"/> when there are too many to read.</param>
/// <param name="Behind">How many commits the other has that this one has not: what is released again is older.</param>
public sealed record GitComparison(ImmutableArray<GitCommit> Commits, int Total, int Behind)
{
    /// <summary>More commits of a release are not read: each costs further questions.</summary>
    public const int MostCommits = 300;
}

/// <summary>A commit.</summary>
/// <param name="Message">All of it; text from outside.</param>
public sealed record GitCommit(string Sha, string Message, GitPerson Author, GitPerson Committer);

/// <summary>Somebody whom a commit names.</summary>
/// <param name="Login">GitHub's user with that mail address; <c>null</c> when it knows none.</param>
/// <param name="Name">Text from outside.</param>
/// <param name="Email">Text from outside.</param>
public sealed record GitPerson(string? Login, string Name, string Email);

/// <summary>A commit with what it changed.</summary>
/// <param name="IsCut">There are more files than GitHub tells.</param>
public sealed record GitChange(GitCommit Commit, ImmutableArray<GitFile> Files, bool IsCut);

/// <summary>A file that a commit changed.</summary>
/// <param name="Status"><c>added</c>, <c>removed</c>, <c>modified</c>, <c>renamed</c> … as GitHub says it.</param>
/// <param name="Patch">The unified diff without its header; <c>null</c> where GitHub shows none: binary, or too large.</param>
public sealed record GitFile(string Path, string Status, int Additions, int Deletions, string? Patch);

/// <summary>A pull request.</summary>
/// <param name="Title">Text from outside.</param>
/// <param name="Author">Login of whoever opened it; <c>null</c> for accounts that are gone.</param>
/// <param name="MergedBy">Login of whoever merged it; <c>null</c> when it is not merged, or nobody is told.</param>
public sealed record GitPull(int Number, string Title, string? Author, string? MergedBy);

/// <summary>What GitHub answered.</summary>
public abstract record GitHubAnswer<T>
{
    private GitHubAnswer() { }

    public sealed record Ok(T Value) : GitHubAnswer<T>;

    public sealed record Fault(GitHubFault Why) : GitHubAnswer<T>;
}

/// <summary>Why GitHub did not do it.</summary>
public enum GitHubFaultKind
{
    /// <summary>There is no GitHub App to ask with.</summary>
    NotSetUp,

    /// <summary>403 or 429 of a rate limit: ask again after <see cref="GitHubFault.RetryAfter"/>.</summary>
    RateLimited,

    /// <summary>No answer, or 5xx.</summary>
    Unavailable,

    /// <summary>404: not there, or the App may not see it.</summary>
    NotFound,

    /// <summary>Credentials, permissions, or the App is not installed: an administrator must act.</summary>
    NotAuthorized,

    /// <summary>Anything else that repeating does not mend.</summary>
    Refused,
}

/// <param name="Message">One line without secrets.</param>
/// <param name="RetryAfter">How long GitHub asked us to wait, or our own budget does.</param>
public sealed record GitHubFault(GitHubFaultKind Kind, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>Nothing was sent: our own budget has no room for such a write. <c>null</c>: GitHub said so.</summary>
    public GitHubWrite? Share { get; init; }

    /// <summary>The same request may succeed later.</summary>
    public bool IsTransient => Kind is GitHubFaultKind.RateLimited or GitHubFaultKind.Unavailable;
}
