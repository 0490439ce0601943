using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>Tells apart why an API server did not do it. The server's own sentence is quoted; pages of proxies are not.</summary>
internal static class ApiFaults
{
    private const int MessageLimit = 400;

    /// <summary>The fault of an answer that is not a success.</summary>
    public static ClusterFault Of(
        ClusterConnection at,
        ApiRequest request,
        HttpResponseMessage answer,
        ReadOnlyMemory<byte> body,
        DateTimeOffset now
    )
    {
        var status = StatusBody.Read(body);
        var code = (int)answer.StatusCode;
        var what = Object(request);
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized => Fault(
                ClusterFaultKind.Unauthorized,
                $"Cluster '{at.Cluster}' does not accept the identity of {at.Source} (401)."
            ),
            HttpStatusCode.Forbidden => Fault(
                ClusterFaultKind.Forbidden,
                $"Cluster '{at.Cluster}' does not allow {at.Source} to {request.Verb} {request.Resource} in {request.Namespace} (403){Quoted(status)}"
            ),
            // Whether an object is gone is decided on this, so a 404 of a proxy or of a missing kind must not pass for it.
            HttpStatusCode.NotFound when status is { Reason: "NotFound" } => Fault(
                ClusterFaultKind.NotFound,
                $"Cluster '{at.Cluster}' has no {what}."
            ),
            HttpStatusCode.NotFound => Fault(
                ClusterFaultKind.Misconfigured,
                $"Cluster '{at.Cluster}' does not know {request.Resource} (404): its CRDs are not installed, or {at.Source} does not point to an API server."
            ),
            HttpStatusCode.Conflict => Fault(
                ClusterFaultKind.Conflict,
                $"The {what} in cluster '{at.Cluster}' has changed since it was read (409)."
            ),
            // A failed `test` of a JSON patch is a 422 without causes; an object that breaks its schema names them
            // (seen on a real API server).
            HttpStatusCode.UnprocessableEntity
                when request.ContentType == RolloutPatchRequest.JsonPatch && status is { HasCauses: false } => Fault(
                ClusterFaultKind.Conflict,
                $"The {what} in cluster '{at.Cluster}' has changed since it was read (422)."
            ),
            HttpStatusCode.TooManyRequests => Fault(
                ClusterFaultKind.TooManyRequests,
                $"Cluster '{at.Cluster}' asks to wait (429){Quoted(status)}"
            ) with
            {
                RetryAfter = RetryAfter(answer, status, now),
            },
            // The continue token of a list that took too long: a new list gets a new one.
            HttpStatusCode.Gone => Fault(
                ClusterFaultKind.Unavailable,
                $"Cluster '{at.Cluster}' no longer continues the list of {request.Resource} (410)."
            ),
            >= HttpStatusCode.InternalServerError => Fault(
                ClusterFaultKind.Unavailable,
                $"Cluster '{at.Cluster}' failed to {request.Verb} the {what} ({code}){Quoted(status)}"
            ) with
            {
                RetryAfter = RetryAfter(answer, status, now),
            },
            >= HttpStatusCode.BadRequest => Fault(
                ClusterFaultKind.Invalid,
                $"Cluster '{at.Cluster}' refuses to {request.Verb} the {what} ({code}){Quoted(status)}"
            ),
            >= HttpStatusCode.MultipleChoices => Fault(
                ClusterFaultKind.Unavailable,
                $"Cluster '{at.Cluster}' answered with a redirect ({code}), which is not followed."
            ),
            _ => Fault(
                ClusterFaultKind.Unavailable,
                $"Cluster '{at.Cluster}' answered {code}, which is not an answer to {request.Verb}."
            ),
        };
    }

    /// <summary>The fault of a request that got no whole answer; null for an exception that is none of the network.</summary>
    public static ClusterFault? Of(ClusterConnection at, ApiRequest request, Exception why) =>
        why switch
        {
            // The handler's own connect timeout: nothing was sent.
            OperationCanceledException { InnerException: TimeoutException } => Unavailable(
                at,
                "does not take the connection in time"
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => Unavailable(
                at,
                $"cannot be found: the name {at.BaseUri.Host} does not resolve"
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } tls => Unavailable(
                at,
                tls.InnerException is AuthenticationException
                    ? "has a TLS certificate that is not trusted here, or no TLS at all"
                    : "broke off the TLS handshake"
            ),
            // HttpClient lets a bare SocketException pass when the other side is gone the moment it has accepted.
            SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
                Unavailable(at, $"does not take connections at {at.BaseUri.GetLeftPart(UriPartial.Authority)}"),
            HttpRequestException or IOException => Lost(at, request, "broke off the connection"),
            _ => null,
        };

    /// <summary>The connection was replaced this moment.</summary>
    public static ClusterFault Reconnecting(string cluster) =>
        new(ClusterFaultKind.Unavailable, $"Cluster '{cluster}' is being reconnected.");

    /// <summary>The time is over.</summary>
    public static ClusterFault TimedOut(string cluster, ApiRequest request) =>
        Fault(
            ClusterFaultKind.Timeout,
            $"Cluster '{cluster}' did not answer in time to {request.Verb} the {Object(request)}{(request.Changes ? "; it may have happened" : "")}."
        );

    /// <summary>
    /// An answer was begun and cannot be used: for a read the cluster is not available, a change may have happened.
    /// </summary>
    public static ClusterFault Lost(ClusterConnection at, ApiRequest request, string what) =>
        request.Changes
            ? Fault(
                ClusterFaultKind.Timeout,
                $"Cluster '{at.Cluster}' {what} while it should {request.Verb} the {Object(request)}; it may have happened."
            )
            : Unavailable(at, what);

    private static ClusterFault Unavailable(ClusterConnection at, string what) =>
        Fault(ClusterFaultKind.Unavailable, $"Cluster '{at.Cluster}' {what}.");

    private static ClusterFault Fault(ClusterFaultKind kind, string sentence) =>
        new(kind, Plain.OneLine(sentence, MessageLimit));

    private static string Object(ApiRequest request) =>
        request.Name.Length > 0
            ? $"{request.Resource} {request.Namespace}/{request.Name}"
            : $"{request.Resource} of {request.Namespace}";

    private static string Quoted(StatusBody? status) => status is { Message.Length: > 0 } ? $": {status.Message}" : ".";

    private static TimeSpan? RetryAfter(HttpResponseMessage answer, StatusBody? status, DateTimeOffset now)
    {
        var wait =
            answer.Headers.RetryAfter?.Delta
            ?? (answer.Headers.RetryAfter?.Date is { } date ? date - now : status?.RetryAfter);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>The object of kind <c>Status</c> in which an API server explains itself.</summary>
    private sealed record StatusBody(string Reason, string Message, bool HasCauses, TimeSpan? RetryAfter)
    {
        public static StatusBody? Read(ReadOnlyMemory<byte> body)
        {
            try
            {
                using var json = JsonDocument.Parse(body);
                var status = json.RootElement;
                if (Text(status, "kind") != "Status")
                {
                    return null;
                }

                var details = Child(status, "details");
                var causes = Child(details, "causes");
                var seconds = Child(details, "retryAfterSeconds");
                return new StatusBody(
                    Text(status, "reason"),
                    Text(status, "message"),
                    causes.ValueKind == JsonValueKind.Array && causes.GetArrayLength() > 0,
                    seconds.ValueKind == JsonValueKind.Number && seconds.TryGetInt32(out var count)
                        ? TimeSpan.FromSeconds(count)
                        : null
                );
            }
            catch (JsonException)
            {
                // Somebody between us and the API server answered; its page is not quoted.
                return null;
            }
        }

        private static JsonElement Child(JsonElement item, string name) =>
            item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) ? value : default;

        private static string Text(JsonElement item, string name) =>
            Child(item, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";
    }
}
