using Devflow.ChatOps.Core.Ports;
using Microsoft.Data.Sqlite;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

/// <summary>SQLite's result codes (https://www.sqlite.org/rescode.html), said with what to do about them.</summary>
internal static class SqliteFaults
{
    /// <summary>
    /// The fault as the port names it. Codes that only a defect of ours can cause (a wrong statement, a broken
    /// constraint) are <c>null</c>: retrying would not help and they must not look like an outage.
    /// </summary>
    public static StoreUnavailableException? Unavailable(SqliteException fault, string path) =>
        Advice(fault.SqliteErrorCode) is { } advice
            ? new StoreUnavailableException(
                $"The store '{path}' {advice} (SQLite {fault.SqliteErrorCode}/{fault.SqliteExtendedErrorCode})",
                fault
            )
            : null;

    private static string? Advice(int code) =>
        code switch
        {
            3 or 23 =>
                "may not be opened: give this process's user read and write access to the file and its directory.",
            5 or 6 =>
                "is locked by another program: close whatever has it open (a sqlite3 shell, a backup); it is tried again.",
            7 => "could not get memory: give the process more.",
            8 =>
                "is read-only: give this process's user write access to the file and its directory, and mount the volume writable.",
            9 => "was interrupted; it is tried again.",
            10 => "could not be read or written by the operating system: check the disk and the volume.",
            11 =>
                "is damaged: stop the service and restore the file from a backup, or recover it with `sqlite3 .recover`.",
            13 => "cannot grow: the disk is full. Free space on its volume; it is tried again.",
            14 => "cannot be opened: check that its directory exists and that this process's user may write to it.",
            15 => "has a locking problem: keep it on a local disk, not on a network file system.",
            26 => "is not an SQLite database: the path points to another file.",
            _ => null,
        };
}
