namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>Paths of the REST API below one repository.</summary>
internal sealed class RepositoryPaths(string repository)
{
    private readonly string root = $"repos/{Escape(repository)}";

    public string Owner => repository.Split('/')[0];

    public string Branch(string branch) => $"{root}/branches/{Escape(branch)}";

    public string Commits(string branch, string? path, int count) =>
        $"{root}/commits?sha={Uri.EscapeDataString(branch)}&per_page={count}"
        + (path is null ? "" : $"&path={Uri.EscapeDataString(path)}");

    public string Tree(string treeish) => $"{root}/git/trees/{Escape(treeish)}?recursive=1";

    /// <summary>A tree without what is below it.</summary>
    public string Folder(string treeish) => $"{root}/git/trees/{Escape(treeish)}";

    public string Blob(string id) => $"{root}/git/blobs/{id}";

    public string Commit(string id) => $"{root}/git/commits/{id}";

    public string NewTree => $"{root}/git/trees";

    public string NewCommit => $"{root}/git/commits";

    public string NewRef => $"{root}/git/refs";

    public string Ref(string branch) => $"{root}/git/refs/heads/{Escape(branch)}";

    public string FindRef(string branch) => $"{root}/git/ref/heads/{Escape(branch)}";

    public string OpenPulls(string branch, string @base) =>
        $"{root}/pulls?state=open&head={Uri.EscapeDataString($"{Owner}:{branch}")}&base={Uri.EscapeDataString(@base)}";

    /// <summary>The newest first, whatever became of them and wherever they go.</summary>
    public string Pulls(string branch) =>
        $"{root}/pulls?state=all&sort=created&direction=desc&head={Uri.EscapeDataString($"{Owner}:{branch}")}";

    public string NewPull => $"{root}/pulls";

    public string Pull(int number) => $"{root}/pulls/{number}";

    /// <summary>Slashes stay: GitHub takes the rest of the path for the branch.</summary>
    private static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
