namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>What a real API server says with the statuses that faults are asked to answer.</summary>
internal static class FaultReasons
{
    public static string? Of(int status) =>
        status switch
        {
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "NotFound",
            409 => "Conflict",
            410 => "Expired",
            429 => "TooManyRequests",
            500 => "InternalError",
            503 => "ServiceUnavailable",
            504 => "Timeout",
            _ => null,
        };

    public static string MessageOf(int status) =>
        status switch
        {
            409 => "the object has been modified; please apply your changes to the latest version and try again",
            429 => "Too many requests, please try again later.",
            500 => "Internal error occurred: etcdserver: request timed out",
            503 => "apiserver not ready",
            504 => "request did not complete within the allotted timeout",
            _ => $"answered {status} on purpose",
        };
}
