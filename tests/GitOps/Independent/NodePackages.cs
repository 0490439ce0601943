using System.Runtime.CompilerServices;

namespace Devflow.ChatOps.Tests.GitOps.Independent;

/// <summary>The packages of <c>tests/node</c>; <c>npm ci</c> there brings them.</summary>
internal static class NodePackages
{
    private static readonly string root = Path.GetFullPath(Path.Combine(Here(), "..", "..", "node", "node_modules"));

    /// <summary>A file of a package; without it the test is skipped.</summary>
    public static string Find(string path)
    {
        var file = Path.Combine(root, path);
        if (!File.Exists(file))
        {
            Assert.Skip($"{path} is not installed; run npm ci in tests/node");
        }

        return file;
    }

    /// <summary>Node itself; without it the test is skipped.</summary>
    public static string Node()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "node"))
            .FirstOrDefault(File.Exists);
        if (found is null)
        {
            Assert.Skip("Node is not installed here");
        }

        return found!;
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
