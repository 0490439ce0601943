using System.Net;
using System.Text.Json;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>
/// What a commit changed, by comparing its tree with its parent's. GitHub's own list of a commit's files is cut after 300 of
/// them and does not tell modes (https://docs.github.com/rest/commits/commits#get-a-commit).
/// </summary>
internal sealed class CommitChanges(GitHubConnection gitHub, string repository, Func<string, Task<byte[]>> blob)
{
    private readonly RepositoryPaths paths = new(repository);

    public async Task<CommitChange?> FindAsync(CommitSha commit, string path, CancellationToken cancellation)
    {
        if (await ParentAsync(commit, cancellation) is not { } parent)
        {
            return null;
        }

        var at = path.Trim('/') is "." ? "" : path.Trim('/');
        var after = await ListAsync(commit, at, cancellation);
        var before = await ListAsync(parent, at, cancellation);
        var files = new List<ChangedFile>();
        foreach (var name in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
        {
            var (was, became) = (before.GetValueOrDefault(name), after.GetValueOrDefault(name));
            if (was?.Id != became?.Id || was?.Mode != became?.Mode)
            {
                files.Add(await ChangedAsync(name, was, became));
            }
        }

        return new CommitChange(commit, parent, files);
    }

    private async Task<ChangedFile> ChangedAsync(string path, TreeItem? was, TreeItem? became)
    {
        var isPlain =
            was?.IsRegular != false
            && became?.IsRegular != false
            && (was is null || became is null || was.Mode == became.Mode);
        var before =
            was is { IsRegular: true } && isPlain ? new RepositoryFile(path, was.Mode, await blob(was.Id)) : null;
        return new ChangedFile(path, before, became?.Id, isPlain);
    }

    private async Task<CommitSha?> ParentAsync(CommitSha commit, CancellationToken cancellation)
    {
        try
        {
            var found = await gitHub.GetAsync(paths.Commit(commit.Value), cancellation);
            return found.Part("parents").Each().Select(parent => parent.Commit("sha")).FirstOrDefault();
        }
        catch (GitHubException e) when (e.Status is HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity)
        {
            // Of another repository, or of a pull request that was squashed.
            return null;
        }
    }

    private async Task<Dictionary<string, TreeItem>> ListAsync(
        CommitSha commit,
        string at,
        CancellationToken cancellation
    ) =>
        (await new TreeReader(gitHub, paths).ReadAsync(commit.Value, new TreeWish([], [at]), cancellation))
            .Listing.Items.Where(item => item.Type != "tree" && IsIn(item.Path, at))
            .ToDictionary(item => item.Path);

    private static bool IsIn(string path, string at) =>
        at.Length == 0 || path == at || path.StartsWith(at + "/", StringComparison.Ordinal);
}
