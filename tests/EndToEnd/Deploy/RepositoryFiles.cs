namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

/// <summary>Files of the repository, read where they are: what is tested is what people apply.</summary>
internal static class RepositoryFiles
{
    private static readonly string Root = FindRoot();

    /// <summary>The text of a file.</summary>
    /// <param name="path">Relative to the root of the repository, with forward slashes.</param>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Absolute path of a file that may not exist yet.</summary>
    public static string PathOf(string path) => Path.Combine(Root, path);

    /// <summary>The YAML files below a folder, relative to the root of the repository, in a fixed order.</summary>
    public static IReadOnlyList<string> YamlBelow(string folder) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Root, folder), "*.yaml", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Devflow.ChatOps.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new DirectoryNotFoundException($"no Devflow.ChatOps.sln above {AppContext.BaseDirectory}");
    }
}
