using System.Text.Json;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>
/// Lists a tree (https://docs.github.com/en/rest/git/trees): all of it in one request; where GitHub cuts that, folder by
/// folder what is wanted.
/// </summary>
internal sealed class TreeReader(GitHubConnection gitHub, RepositoryPaths paths)
{
    private readonly Dictionary<string, IReadOnlyList<TreeItem>> known = [];

    /// <param name="treeish">A branch, a commit or a tree.</param>
    /// <param name="wanted">What is needed of it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>With the id of the listed commit or tree; GitHub answers with either.</returns>
    /// <exception cref="GitHostException">More than GitHub lists is wanted.</exception>
    public async Task<(string Id, TreeListing Listing)> ReadAsync(
        string treeish,
        TreeWish wanted,
        CancellationToken cancellation
    )
    {
        var answer = await gitHub.GetAsync(paths.Tree(treeish), cancellation);
        var id = answer.ObjectId("sha");
        return IsCut(answer)
            ? (id, new TreeListing(await WalkAsync(id, wanted, cancellation)))
            : (id, new TreeListing(Items(answer, "")));
    }

    private async Task<IReadOnlyList<TreeItem>> WalkAsync(string root, TreeWish wanted, CancellationToken cancellation)
    {
        var found = new Dictionary<string, TreeItem>();
        foreach (var path in wanted.Items)
        {
            if (await FindAsync(root, path, cancellation) is { } item)
            {
                found[path] = item;
            }
        }

        // What was named as a file may be a folder, and then means all below it.
        var folders = wanted.Folders.Concat(found.Values.Where(item => item.Type == "tree").Select(item => item.Path));
        foreach (var folder in folders.Distinct().ToList())
        {
            var item = folder.Length == 0 ? null : await FindAsync(root, folder, cancellation);
            if (item is { Type: not "tree" })
            {
                found[folder] = item;
            }

            if (folder.Length > 0 && item is not { Type: "tree" })
            {
                continue;
            }

            var all = item is null ? (JsonElement?)null : await gitHub.GetAsync(paths.Tree(item.Id), cancellation);
            if (all is not { } listed || IsCut(listed))
            {
                throw new GitHostException(
                    ReleaseCodes.TooManyFiles,
                    "The repository has more files than GitHub lists; name a smaller folder or the files to change."
                );
            }

            foreach (var below in Items(listed, folder + "/"))
            {
                found[below.Path] = below;
            }
        }

        return [.. found.Values];
    }

    private async Task<TreeItem?> FindAsync(string root, string path, CancellationToken cancellation)
    {
        var (tree, prefix) = (root, "");
        TreeItem? item = null;
        foreach (var name in path.Split('/'))
        {
            if (!known.TryGetValue(tree, out var items))
            {
                var answer = await gitHub.GetAsync(paths.Folder(tree), cancellation);
                known[tree] = items = Items(answer, "");
            }

            item = items.FirstOrDefault(item => item.Path == name);
            if (item is null)
            {
                return null;
            }

            (tree, prefix) = (item.Id, prefix.Length == 0 ? name : $"{prefix}/{name}");
            if (item.Type != "tree")
            {
                break;
            }
        }

        return prefix == path ? item! with { Path = path } : null;
    }

    private static bool IsCut(JsonElement answer) => answer.Flag("truncated");

    private static IReadOnlyList<TreeItem> Items(JsonElement answer, string prefix) =>
        [
            .. answer
                .Part("tree")
                .Each()
                .Select(item => new TreeItem(
                    prefix + item.Text("path"),
                    item.Text("mode"),
                    item.Text("type"),
                    item.ObjectId("sha")
                )),
        ];
}

/// <summary>What of a tree is wanted.</summary>
/// <param name="Items">Single paths.</param>
/// <param name="Folders">Folders with all below them; an empty one is the root.</param>
internal sealed record TreeWish(IReadOnlyList<string> Items, IReadOnlyList<string> Folders)
{
    public static TreeWish Of(FileSelection selection) => new(selection.Named, selection.Folders);
}
