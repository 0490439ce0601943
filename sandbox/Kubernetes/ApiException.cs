using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>A request that is answered with a <c>Status</c> of failure.</summary>
internal sealed class ApiException : Exception
{
    public ApiException(int code, string? reason, string message, JsonObject? details = null, int? retryAfter = null)
        : base(message)
    {
        Code = code;
        RetryAfterSeconds = retryAfter;
        Status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
        };
        JsonFields.Put(Status, "reason", reason);
        JsonFields.Put(Status, "details", details);
        Status["code"] = code;
    }

    /// <summary>HTTP status.</summary>
    public int Code { get; }

    /// <summary>For the header of that name.</summary>
    public int? RetryAfterSeconds { get; }

    /// <summary>The body.</summary>
    public JsonObject Status { get; }
}

/// <summary>One fault of an object that was sent.</summary>
/// <param name="Reason">Such as <c>FieldValueInvalid</c>.</param>
/// <param name="Message">Without the field's name.</param>
/// <param name="Field">Path of the field.</param>
internal sealed record Cause(string Reason, string Message, string Field);
