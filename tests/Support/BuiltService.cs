namespace Devflow.ChatOps.Tests.Support;

/// <summary>The service as it was built beside the program that runs now, in the same configuration.</summary>
public static class BuiltService
{
    /// <summary>Root of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Build output of the service.</summary>
    public static string Folder { get; } = FindFolder();

    /// <summary>Its executable.</summary>
    public static string Executable => Path.Combine(Folder, OperatingSystem.IsWindows() ? "devflow.exe" : "devflow");

    // tests/Functions/bin/Debug/net10.0 → functions/bin/Debug/net10.0
    private static string FindFolder()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var (framework, configuration) = (output.Name, output.Parent!.Name);
        return Path.Combine(Repository, "functions", "bin", configuration, framework);
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Devflow.ChatOps.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("Not run from within the repository.");
    }
}
