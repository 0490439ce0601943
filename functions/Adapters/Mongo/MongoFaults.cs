using System.Net.Sockets;
using Devflow.ChatOps.Core.Ports;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

/// <summary>
/// What MongoDB and its driver say, with what to do about it. Codes:
/// https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
/// </summary>
internal static class MongoFaults
{
    private const int Unauthorized = 13;
    private const int OutOfDiskSpace = 14031;
    private const int DuplicateKey = 11000;
    private const int CursorNotFound = 43;

    private const string Unconfirmed = "did not confirm a write by the majority of its servers; it is tried again.";

    // Elections, shutdowns and networks, as drivers know them to pass by.
    private static readonly HashSet<int> passing =
    [
        6, // HostUnreachable
        7, // HostNotFound
        24, // LockTimeout
        CursorNotFound, // the server that had it is not the primary any more
        64, // WriteConcernTimeout
        89, // NetworkTimeout
        91, // ShutdownInProgress
        100, // UnsatisfiableWriteConcern
        112, // WriteConflict
        134, // ReadConcernMajorityNotAvailableYet
        175, // QueryPlanKilled
        189, // PrimarySteppedDown
        202, // NetworkInterfaceExceededTimeLimit
        262, // ExceededTimeLimit
        8000, // AtlasError
        9001, // SocketException
        10107, // NotWritablePrimary
        11600, // InterruptedAtShutdown
        11602, // InterruptedDueToReplStateChange
        13435, // NotPrimaryNoSecondaryOk
        13436, // NotPrimaryOrSecondary
        16500, // Azure Cosmos DB: request rate is too large
    ];

    /// <summary>
    /// The fault as the port names it. What only a defect of ours can cause is <c>null</c>: retrying would not help and
    /// it must not look like an outage.
    /// </summary>
    public static StoreUnavailableException? Unavailable(Exception fault, MongoAddress address) =>
        Advice(fault) is { } advice ? new StoreUnavailableException($"The store {address} {advice}", fault) : null;

    /// <summary>
    /// A document with this key is there already. Not while a majority did not confirm that: it may be gone after an
    /// election.
    /// </summary>
    public static bool IsDuplicate(Exception fault) =>
        fault switch
        {
            MongoWriteException { WriteError.Category: ServerErrorCategory.DuplicateKey, WriteConcernError: null } =>
                true,
            MongoCommandException { Code: DuplicateKey } => true,
            _ => false,
        };

    private static string? Advice(Exception fault) =>
        fault switch
        {
            MongoAuthenticationException => "refuses the user or the password of the connection string.",
            MongoIncompatibleDriverException => "runs a version of MongoDB that this program does not speak to.",
            MongoNotPrimaryException or MongoNodeIsRecoveringException => "is electing a primary; it is tried again.",
            MongoCursorNotFoundException => Advice(CursorNotFound),
            MongoExecutionTimeoutException => "took too long; it is tried again.",
            MongoConnectionException or SocketException or IOException => "cannot be reached; it is tried again.",
            MongoWaitQueueFullException or MongoConnectionPoolPausedException =>
                "has no free connection; it is tried again.",
            TimeoutException => "does not answer: check that its servers run and that this process may reach them.",
            ObjectDisposedException => "has been closed.",
            MongoWriteConcernException
            or MongoWriteException
            {
                WriteConcernError: not null,
                WriteError: null or { Category: ServerErrorCategory.DuplicateKey }
            } => Unconfirmed,
            MongoCommandException { Code: var code } => Advice(code),
            MongoWriteException { WriteError.Code: var code } => Advice(code),
            MongoBulkWriteException bulk => Advice(bulk),
            _ => null,
        };

    // Duplicates are what two instances do to each other, and say nothing about the rest of the group.
    private static string? Advice(MongoBulkWriteException bulk) =>
        bulk.WriteErrors.FirstOrDefault(error => error.Code != DuplicateKey) is { } other ? Advice(other.Code)
        : bulk.WriteConcernError is not null ? Unconfirmed
        : bulk.WriteErrors.Count > 0 ? "was written by others at the same moment; it is tried again."
        : null;

    private static string? Advice(int code) =>
        code switch
        {
            Unauthorized => "does not let this user read and write: grant it the role readWrite of this database.",
            OutOfDiskSpace => "cannot grow: its disk is full. Free space on it; it is tried again.",
            _ when passing.Contains(code) => $"cannot do it at the moment (code {code}); it is tried again.",
            _ => null,
        };
}
