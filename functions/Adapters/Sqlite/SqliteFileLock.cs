using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

/// <summary>
/// One process per database file: a lock file beside it is held open, and the operating system lets go of it however the
/// process ends. The file itself stays: deleting it would let two processes hold "the" lock.
/// </summary>
internal sealed class SqliteFileLock : IDisposable
{
    private readonly FileStream held;

    private SqliteFileLock(FileStream held) => this.held = held;

    /// <exception cref="StoreUnavailableException">Another process holds it, or the directory cannot be written.</exception>
    public static SqliteFileLock Take(string path)
    {
        var lockPath = path + ".lock";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return new SqliteFileLock(
                new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
            );
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new StoreUnavailableException(
                $"The store '{path}' cannot be locked: give this process's user write access to its directory.",
                fault
            );
        }
        catch (DirectoryNotFoundException fault)
        {
            throw new StoreUnavailableException($"The store '{path}' has no directory, and none can be made.", fault);
        }
        catch (IOException fault)
        {
            throw new StoreUnavailableException(
                $"The store '{path}' is in use by another process, and it is for one at a time. Stop the other one, or "
                    + $"give this one a path of its own; for several instances use MongoDB. ({fault.Message})",
                fault
            );
        }
    }

    public void Dispose() => held.Dispose();
}
