namespace Devflow.ChatOps.Tests.Core.Rollouts;

/// <summary>Where the recordings and cases lie: in the source tree, for nine megabytes need not be copied.</summary>
internal static class Fixtures
{
    private static readonly string Root = Find();

    public static string Recordings => Path.Combine(Root, "recordings");

    public static string Cases => Path.Combine(Root, "cases");

    public static IEnumerable<string> Folders(string root) =>
        Directory.GetDirectories(root).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var fixtures = Path.Combine(folder.FullName, "tests", "Core", "Fixtures");
            if (Directory.Exists(fixtures))
            {
                return fixtures;
            }
        }

        throw new DirectoryNotFoundException("tests/Core/Fixtures");
    }
}
