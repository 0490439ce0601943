namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>A directory of its own with the path of a database in it; deleted at the end.</summary>
internal sealed class TemporaryDatabase : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("devflow-store-");

    public string Folder => directory.FullName;

    public string Path => System.IO.Path.Combine(Folder, "devflow.db");

    public void Dispose() => directory.Delete(recursive: true);
}
