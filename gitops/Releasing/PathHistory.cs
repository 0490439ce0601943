namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>Of which paths the past counts for a release, and how the pasts of several become one.</summary>
public static class PathHistory
{
    /// <summary>The past of more paths is not asked for: each costs GitHub a walk through the commits.</summary>
    public const int MostPaths = 10;

    /// <summary>The files themselves; their folders when they are many; the folder of all when those are many too.</summary>
    public static IReadOnlyList<string> PathsOf(IEnumerable<string> files)
    {
        var paths = files.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var folders = paths.Select(FolderOf).Distinct(StringComparer.Ordinal).ToList();
        return paths.Count <= MostPaths ? paths
            : folders.Count <= MostPaths ? folders
            : [CommonOf(folders)];
    }

    /// <summary>
    /// All commits, each once, newest first. Each history has the order of the branch, and what two of them share is in the
    /// same order in both; where nothing else tells, the later date comes first.
    /// </summary>
    public static IReadOnlyList<PastCommit> Merge(IReadOnlyCollection<IReadOnlyList<PastCommit>> histories)
    {
        var left = histories.Select(history => new Queue<PastCommit>(history)).ToList();
        var waiting = histories
            .SelectMany(history => history)
            .GroupBy(commit => commit.Sha)
            .ToDictionary(commit => commit.Key, commit => commit.Count());
        var merged = new List<PastCommit>();
        while (left.Exists(queue => queue.Count > 0))
        {
            var fronts = left.Where(queue => queue.Count > 0).Select(queue => queue.Peek()).ToList();
            // One that is further down in another history comes after what is above it there.
            var free = fronts.Where(front => fronts.Count(its => its.Sha == front.Sha) == waiting[front.Sha]).ToList();
            var next = (free.Count > 0 ? free : fronts).MaxBy(commit => commit.CommittedAt)!;
            merged.Add(next);
            foreach (var queue in left.Where(queue => queue.Count > 0 && queue.Peek().Sha == next.Sha))
            {
                queue.Dequeue();
                waiting[next.Sha]--;
            }
        }

        return [.. merged.DistinctBy(commit => commit.Sha)];
    }

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";

    private static string CommonOf(List<string> folders)
    {
        var segments = folders.Select(folder => folder.Split('/')).ToList();
        return string.Join(
            '/',
            segments[0].TakeWhile((name, at) => segments.All(path => at < path.Length && path[at] == name))
        );
    }
}
