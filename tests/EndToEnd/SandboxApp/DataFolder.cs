namespace Devflow.ChatOps.Tests.EndToEnd.SandboxApp;

/// <summary>A folder for what a sandbox keeps; it goes with the test.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("devflow-");

    /// <summary>A folder that does not exist yet.</summary>
    public string Path => System.IO.Path.Combine(root.FullName, "sandbox");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => root.Delete(recursive: true);
}
