namespace Devflow.ChatOps.Action.Reporting;

/// <summary>How the program ends. To GitHub only 0 is success; the others tell people and scripts apart what happened.</summary>
public enum ExitCode
{
    Ok = 0,
    NotWritten = 1,
    BadInputs = 2,
    Refused = 3,
    Superseded = 4,
    NotAnnounced = 5,
    ReleaseFailed = 6,
    TimedOut = 7,
    Fault = 70,
    Cancelled = 130,
}

/// <summary>What each exit code means, for the documents.</summary>
public static class ExitCodes
{
    public static IReadOnlyDictionary<ExitCode, string> All { get; } =
        new Dictionary<ExitCode, string>
        {
            [ExitCode.Ok] = "Done; or nothing to do; or superseded, unless `fail-on-superseded`.",
            [ExitCode.NotWritten] = "Git could not be written.",
            [ExitCode.BadInputs] = "Inputs, or what the runner says, cannot be worked with. Nothing was done.",
            [ExitCode.Refused] = "The image was rolled back, or is older than what is there. Nothing was written.",
            [ExitCode.Superseded] = "A newer release took its place, and `fail-on-superseded` is set.",
            [ExitCode.NotAnnounced] =
                "Git is written, but the service could not be told of the release, or stopped telling of it. Run the job again: it announces what is there.",
            [ExitCode.ReleaseFailed] = "Git is written and the release did not get as far as it was waited for.",
            [ExitCode.TimedOut] = "The time was up while waiting. The release goes on.",
            [ExitCode.Fault] = "A fault of the Action itself.",
            [ExitCode.Cancelled] = "The workflow run was cancelled.",
        };
}

/// <summary>The reason codes that are the Action's own; those of writing Git are <see cref="GitOps.Releasing.ReleaseCodes"/>.</summary>
public static class ReasonCodes
{
    public const string BadInputs = "bad_inputs";
    public const string Superseded = "superseded";
    public const string ServiceUnreachable = "service_unreachable";
    public const string NotDevflow = "not_devflow";

    /// <summary>Before the status of an answer without a code of its own, such as a proxy's.</summary>
    public const string HttpPrefix = "http_";
    public const string ReleaseFailed = "release_failed";
    public const string SyncFailed = "sync_failed";
    public const string ReleaseRolledBack = "release_rolled_back";
    public const string ReleaseCancelled = "release_cancelled";
    public const string TimedOut = "timed_out";
    public const string Cancelled = "cancelled";
    public const string InternalFault = "internal_fault";

    public static IReadOnlyDictionary<string, string> All { get; } =
        new Dictionary<string, string>
        {
            [BadInputs] = "Inputs cannot be worked with; each has an annotation.",
            [Superseded] = "A newer run of the workflow released already, or a newer Job took this one's place.",
            [ServiceUnreachable] = "The service, or the token for it, could not be had.",
            [NotDevflow] = "What answers at `devflow-url` is no Devflow service.",
            [HttpPrefix + "<status>"] =
                "What is in front of the service, or it itself, refused with this HTTP status and no code; `http_403`, for one.",
            [ReleaseFailed] = "A step of the release failed.",
            [SyncFailed] = "Argo CD did not bring the commit into the cluster in time.",
            [ReleaseRolledBack] = "The release is being or was rolled back.",
            [ReleaseCancelled] = "The release was withdrawn in Git, or the Rollout is gone.",
            [TimedOut] = "The time was up while waiting.",
            [Cancelled] = "The workflow run was cancelled.",
            [InternalFault] = "A fault of the Action itself.",
        };
}
