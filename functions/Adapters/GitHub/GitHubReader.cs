using System.Collections.Immutable;
using System.Globalization;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>
/// Reads GitHub by the service's own App, each question with a token that may do just that. What was read before is asked
/// for with its ETag, which costs nothing of the rate limit when it is unchanged.
/// </summary>
public sealed partial class GitHubReader : IGitHub
{
    private const int PerPage = 100;

    /// <summary>A team of more is none that somebody has looked through; it counts as not known.</summary>
    private const int MostTeamPages = 20;

    private static readonly TimeSpan timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TeamGoodFor = TimeSpan.FromSeconds(60);

    private readonly GitHubCalls calls;
    private readonly ILogger<GitHubReader> logger;
    private readonly AnswerCache<GitHubAnswer<IReadOnlyCollection<string>>> teams;

    /// <summary>Asks nothing yet.</summary>
    public GitHubReader(GitHubAppAccess access, TimeProvider time, ILogger<GitHubReader> logger)
    {
        calls = new GitHubCalls(access, timeout, isConditional: true);
        this.logger = logger;
        teams = new(TeamGoodFor, time, answer => answer is GitHubAnswer<IReadOnlyCollection<string>>.Ok);
    }

    /// <inheritdoc/>
    public bool IsSetUp => true;

    /// <inheritdoc/>
    public Task<GitHubAnswer<IReadOnlyCollection<string>>> TeamMembersAsync(string team, CancellationToken stop) =>
        teams.GetAsync(team.ToLowerInvariant(), () => AskTeamAsync(team), stop);

    /// <inheritdoc/>
    public Task<GitHubAnswer<GitComparison>> CompareAsync(
        string repository,
        string @base,
        string head,
        int most,
        CancellationToken stop
    ) =>
        AskAsync(
            "compare",
            repository,
            AppPermissions.ReadContents,
            async gitHub =>
            {
                var range = $"{Uri.EscapeDataString(@base)}...{Uri.EscapeDataString(head)}";
                var commits = ImmutableArray.CreateBuilder<GitCommit>();
                for (var page = 1; ; page++)
                {
                    var path = Paged($"{GitHubCalls.Root(repository)}/compare/{range}", page);
                    var answer = await gitHub.GetAsync(path, stop);
                    var found = answer.GetProperty("commits").EnumerateArray().Select(GitHubJson.Commit).ToList();
                    commits.AddRange(found);
                    var total = answer.GetProperty("total_commits").GetInt32();
                    if (found.Count < PerPage || commits.Count >= Math.Min(total, most))
                    {
                        return new GitComparison(commits.ToImmutable(), total, GitHubJson.Number(answer, "behind_by"));
                    }
                }
            },
            stop
        );

    /// <inheritdoc/>
    public Task<GitHubAnswer<ImmutableArray<GitCommit>>> CommitsOfPathAsync(
        string repository,
        string head,
        string path,
        CancellationToken stop
    ) =>
        AskAsync<ImmutableArray<GitCommit>>(
            "commits of a path",
            repository,
            AppPermissions.ReadContents,
            async gitHub =>
            {
                var below = path == "." ? "" : $"&path={Uri.EscapeDataString(path)}";
                var root = $"{GitHubCalls.Root(repository)}/commits";
                var answer = await gitHub.GetAsync(
                    $"{root}?sha={Uri.EscapeDataString(head)}&per_page={IGitHub.MostOfPath}{below}",
                    stop
                );
                return [.. answer.EnumerateArray().Select(GitHubJson.Commit)];
            },
            stop
        );

    /// <inheritdoc/>
    public Task<GitHubAnswer<GitChange>> CommitAsync(string repository, string commit, CancellationToken stop) =>
        AskAsync(
            "commit",
            repository,
            AppPermissions.ReadContents,
            async gitHub =>
            {
                var path = Paged($"{GitHubCalls.Root(repository)}/commits/{Uri.EscapeDataString(commit)}", 1);
                var answer = await gitHub.GetAsync(path, stop);
                var files = GitHubJson.Files(answer);
                return new GitChange(GitHubJson.Commit(answer), files, files.Length >= PerPage);
            },
            stop
        );

    /// <inheritdoc/>
    public Task<GitHubAnswer<ImmutableArray<int>>> PullsOfAsync(
        string repository,
        string commit,
        CancellationToken stop
    ) =>
        AskAsync(
            "pulls of a commit",
            repository,
            AppPermissions.ReadPulls,
            async gitHub =>
            {
                var path = Paged($"{GitHubCalls.Root(repository)}/commits/{Uri.EscapeDataString(commit)}/pulls", 1);
                return GitHubJson.MergedPulls(await gitHub.GetAsync(path, stop));
            },
            stop
        );

    /// <inheritdoc/>
    public Task<GitHubAnswer<GitPull>> PullAsync(string repository, int number, CancellationToken stop) =>
        AskAsync(
            "pull request",
            repository,
            AppPermissions.ReadPulls,
            async gitHub =>
            {
                var path = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{GitHubCalls.Root(repository)}/pulls/{number}"
                );
                return GitHubJson.Pull(await gitHub.GetAsync(path, stop));
            },
            stop
        );

    // Shared by all who wait for it, so it ends by its own timeout only.
    private Task<GitHubAnswer<IReadOnlyCollection<string>>> AskTeamAsync(string team)
    {
        var (organization, slug) = team.Split('/', 2) is [var first, var second] ? (first, second) : (team, "");
        return AskAsync<IReadOnlyCollection<string>>(
            "team members",
            organization,
            AppPermissions.ReadMembers,
            async gitHub =>
            {
                var members = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                var root = $"orgs/{Uri.EscapeDataString(organization)}/teams/{Uri.EscapeDataString(slug)}/members";
                for (var page = 1; page <= MostTeamPages; page++)
                {
                    var answer = await gitHub.GetAsync(Paged(root, page), CancellationToken.None);
                    var logins = answer
                        .EnumerateArray()
                        .Select(user => user.GetProperty("login").GetString()!)
                        .ToList();
                    members.UnionWith(logins);
                    if (logins.Count < PerPage)
                    {
                        return members;
                    }
                }

                throw new GitHostException(ReleaseCodes.GitHubRefused, $"The team {team} has too many members.");
            },
            CancellationToken.None
        );
    }

    private async Task<GitHubAnswer<T>> AskAsync<T>(
        string what,
        string place,
        AppPermissions permissions,
        Func<GitHubConnection, Task<T>> ask,
        CancellationToken stop
    )
    {
        var answer = await calls.AskAsync(place, permissions, (gitHub, _) => ask(gitHub), stop);
        if (answer is GitHubAnswer<T>.Fault(var fault))
        {
            NotRead(what, place, fault.Kind, fault.Message);
        }

        return answer;
    }

    private static string Paged(string path, int page) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}?per_page={PerPage}&page={page}");

    [LoggerMessage(LogLevel.Warning, "GitHub did not tell the {What} of {Place}: {Kind}, {Reason}")]
    private partial void NotRead(string what, string place, GitHubFaultKind kind, string reason);
}
