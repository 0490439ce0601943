using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>What GitHub told of the commits of a release, the oldest first, and of the pull requests that brought them.</summary>
/// <param name="Comparison">The commits; of a release whose base is not known, only the head.</param>
/// <param name="PullsOf">Commit → numbers of its merged pull requests.</param>
/// <param name="Pulls">The pull requests by number.</param>
public sealed partial record Contributions(
    GitComparison Comparison,
    IReadOnlyDictionary<string, ImmutableArray<int>> PullsOf,
    IReadOnlyDictionary<int, GitPull> Pulls
)
{
    /// <summary>The one commit is no news: the release brings nothing that was not live, and its makers are known by it.</summary>
    public bool IsOnlyHead { get; init; }

    /// <summary>
    /// Everybody who wrote, committed, co-authored, proposed or merged any of it, each deed once. Co-authors are known to
    /// Git by mail address only; one that GitHub has shown with a login elsewhere in the release is that login's.
    /// </summary>
    public IReadOnlyList<AuthorIdentity> Identities()
    {
        var logins = LoginsByMail(Comparison.Commits);
        return
        [
            .. Comparison
                .Commits.SelectMany(commit => Of(commit, logins))
                .Concat(Kept(Pulls.Values).OrderBy(pull => pull.Number).SelectMany(Of))
                .Distinct(),
        ];
    }

    /// <summary>The commits as a Job keeps them, newest first.</summary>
    public ImmutableArray<ReleasedCommit> KeptCommits() =>
        [
            .. (IsOnlyHead ? [] : Comparison.Commits)
                .Reverse()
                .Take(ReleaseContents.MostCommits)
                .Select(commit => new ReleasedCommit(
                    commit.Sha,
                    Title(commit.Message),
                    Plain.OneLine(commit.Author.Login ?? commit.Author.Name, 60),
                    PullsOf.TryGetValue(commit.Sha, out var pulls) && !pulls.IsEmpty ? pulls[0] : null
                )),
        ];

    /// <summary>The pull requests as a Job keeps them, newest first.</summary>
    public ImmutableArray<ReleasedPull> KeptPulls() =>
        [
            .. Kept(IsOnlyHead ? [] : Pulls.Values)
                .OrderByDescending(pull => pull.Number)
                .Take(ReleaseContents.MostPulls),
        ];

    private static Dictionary<string, string> LoginsByMail(IEnumerable<GitCommit> commits)
    {
        var logins = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var person in commits.SelectMany(commit => new[] { commit.Author, commit.Committer }))
        {
            if (person.Login is { } login && person.Email.Length > 0)
            {
                logins.TryAdd(person.Email, login);
            }
        }

        return logins;
    }

    private static IEnumerable<AuthorIdentity> Of(GitCommit commit, Dictionary<string, string> logins)
    {
        yield return Identity(AuthorRole.Author, commit.Author);
        yield return Identity(AuthorRole.Committer, commit.Committer);
        foreach (Match trailer in CoAuthor().Matches(commit.Message))
        {
            var (name, mail) = (trailer.Groups["name"].Value, trailer.Groups["mail"].Value);
            yield return Identity(
                AuthorRole.CoAuthor,
                new GitPerson(logins.GetValueOrDefault(mail), name.Length == 0 ? mail : name, mail)
            );
        }
    }

    private static IEnumerable<ReleasedPull> Kept(IEnumerable<GitPull> pulls) =>
        pulls.Select(pull => new ReleasedPull(pull.Number, Title(pull.Title), pull.Author, pull.MergedBy));

    /// <summary>Whoever proposed or merged a pull request.</summary>
    public static IEnumerable<AuthorIdentity> Of(ReleasedPull pull)
    {
        if (pull.Author is { } author)
        {
            yield return new AuthorIdentity(AuthorRole.Author, author, null, author);
        }

        if (pull.MergedBy is { } merger)
        {
            yield return new AuthorIdentity(AuthorRole.Merger, merger, null, merger);
        }
    }

    private static AuthorIdentity Identity(AuthorRole role, GitPerson person)
    {
        var name = Plain.OneLine(person.Name, 100);
        return person.Login is { } login
            ? new AuthorIdentity(role, login, null, name)
            : AuthorIdentity.FromCommit(role, name, person.Email);
    }

    private static string Title(string message) => Plain.OneLine(message.Split('\n', 2)[0], 120);

    // Wherever it stands: one too many costs a question, one too few lets somebody approve their own work.
    [GeneratedRegex(
        @"^[ \t]*co-authored-by[ \t]*:[ \t]*(?<name>[^<>\r\n]*?)[ \t]*<(?<mail>[^<>\s]+)>",
        RegexOptions.IgnoreCase | RegexOptions.Multiline
    )]
    private static partial Regex CoAuthor();
}
