using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>An entry of a Git tree.</summary>
/// <param name="Mode">Git's, in octal digits.</param>
/// <param name="Type"><c>blob</c>, <c>tree</c> or <c>commit</c>.</param>
internal sealed record TreeItem(string Path, string Mode, string Type, string Id)
{
    public const string Executable = "100755";

    public bool IsRegular => Type == "blob" && Mode is "100644" or "100664" or Executable;

    /// <summary>Why it cannot be edited; <c>null</c> when it can.</summary>
    public string? Obstacle =>
        IsRegular ? null
        : Mode == "120000" ? "a symbolic link; name the file it points to"
        : Type == "commit" ? "a submodule; name its repository"
        : "no file";
}

/// <summary>The files of a commit: all, or all that may be meant.</summary>
internal sealed class TreeListing(IReadOnlyList<TreeItem> items)
{
    private readonly Dictionary<string, TreeItem> byPath = items.ToDictionary(item => item.Path);

    public IReadOnlyList<TreeItem> Items => items;

    /// <summary>The files that are meant, and what was named and is none.</summary>
    /// <exception cref="GitHostException">Too many.</exception>
    public (IReadOnlyList<TreeItem> Files, IReadOnlyList<UnusableFile> Unusable) Select(FileSelection selection)
    {
        var wanted = WithFolders(selection);
        var files = items
            .Where(item => item.IsRegular && wanted.Includes(item.Path))
            .OrderBy(item => item.Path, StringComparer.Ordinal)
            .ToList();
        if (files.Count > FileSelection.MostFiles)
        {
            throw new GitHostException(
                ReleaseCodes.TooManyFiles,
                $"{files.Count} files fit, more than {FileSelection.MostFiles}; name a folder or the files to change."
            );
        }

        return (
            files,
            [
                .. wanted
                    .Named.Where(path => byPath.GetValueOrDefault(path)?.IsRegular != true)
                    .Select(path =>
                        byPath.TryGetValue(path, out var item)
                            ? new UnusableFile(path, IsThere: true, item.Obstacle!)
                            : new UnusableFile(path, IsThere: false, "not there")
                    ),
            ]
        );
    }

    private FileSelection WithFolders(FileSelection selection)
    {
        var folders = selection.Named.Where(path => byPath.GetValueOrDefault(path)?.Type == "tree").ToList();
        return folders.Count == 0 ? selection : selection.WithFolders(folders);
    }
}
