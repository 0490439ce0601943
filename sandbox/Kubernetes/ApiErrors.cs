using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>The failures of an API server, word for word as version 1.34 says them.</summary>
internal static class ApiErrors
{
    public static ApiException NotFound(ResourceType type, string name) =>
        new(404, "NotFound", $"{type.QualifiedPlural} \"{name}\" not found", Details(type, name));

    /// <summary>A subresource that the kind does not have.</summary>
    public static ApiException NoSuchResource() =>
        new(404, "NotFound", "the server could not find the requested resource", []);

    public static ApiException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static ApiException AlreadyExists(ResourceType type, string name) =>
        new(409, "AlreadyExists", $"{type.QualifiedPlural} \"{name}\" already exists", Details(type, name));

    public static ApiException Modified(ResourceType type, string name) =>
        Conflict(
            type,
            name,
            "the object has been modified; please apply your changes to the latest version and try again"
        );

    public static ApiException Conflict(ResourceType type, string name, string why) =>
        new(
            409,
            "Conflict",
            $"Operation cannot be fulfilled on {type.QualifiedPlural} \"{name}\": {why}",
            Details(type, name)
        );

    public static ApiException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiException Forbidden(RequestInfo request, string user)
    {
        var subject = request.QualifiedResource + (request.Name is { } name ? $" \"{name}\"" : "");
        var scope = request.Namespace is { } ns ? $"in the namespace \"{ns}\"" : "at the cluster scope";
        var details = new JsonObject();
        JsonFields.Put(details, "name", request.Name);
        JsonFields.Put(details, "group", request.Group.Length > 0 ? request.Group : null);
        details["kind"] = request.Resource;
        return new ApiException(
            403,
            "Forbidden",
            $"{subject} is forbidden: User \"{user}\" cannot {request.Verb} resource \"{request.FullResource}\" "
                + $"in API group \"{request.Group}\" {scope}",
            details
        );
    }

    public static ApiException ForbiddenPath(string path, string verb, string user) =>
        new(403, "Forbidden", $"forbidden: User \"{user}\" cannot {verb} path \"{path}\"", []);

    public static ApiException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiException TooLarge(long limit) =>
        new(413, "RequestEntityTooLarge", $"Request entity too large: limit is {limit}");

    public static ApiException UnsupportedMediaType(params string[] accepted) =>
        new(
            415,
            "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: "
                + string.Join(", ", accepted)
        );

    /// <summary>A JSON patch that does not apply; the server does not say why.</summary>
    public static ApiException PatchDoesNotApply() =>
        new(422, "Invalid", "the server rejected our request due to an error in our request", []);

    /// <summary>Faults are said once each in the message, and all of them in the details, as recorded.</summary>
    public static ApiException Invalid(ResourceType? type, string name, params IReadOnlyList<Cause> causes)
    {
        var said = causes.Select(cause => $"{cause.Field}: {cause.Message}").Distinct(StringComparer.Ordinal).ToArray();
        var details = new JsonObject();
        JsonFields.Put(details, "name", name.Length > 0 ? name : null);
        JsonFields.Put(details, "group", type is { Group.Length: > 0 } ? type.Group : null);
        JsonFields.Put(details, "kind", type?.Kind);
        details["causes"] = new JsonArray([
            .. causes.Select(cause => new JsonObject
            {
                ["reason"] = cause.Reason,
                ["message"] = cause.Message,
                ["field"] = cause.Field,
            }),
        ]);
        var faults = said.Length == 1 ? said[0] : $"[{string.Join(", ", said)}]";
        return new ApiException(422, "Invalid", $"{type?.QualifiedKind} \"{name}\" is invalid: {faults}", details);
    }

    /// <summary>What came out of a patch does not fit the type; it is quoted.</summary>
    public static ApiException Undecodable(string patched, string why) =>
        Invalid(
            null,
            "",
            new Cause(
                "FieldValueInvalid",
                $"Invalid value: {JsonSerializer.Serialize(patched, JsonFields.Plain)}: {why}",
                "patch"
            )
        );

    public static ApiException Internal(string why) =>
        new(
            500,
            "InternalError",
            $"Internal error occurred: {why}",
            new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = why }) }
        );

    public static ApiException WatchExpired(string message) => new(410, "Expired", message);

    public static ApiException ListExpired() => WatchExpired("The resourceVersion for the provided list is too old.");

    /// <summary>The next page of a list that is too old; a list without the token starts again.</summary>
    public static ApiException ContinueExpired() =>
        WatchExpired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list "
                + "without the continue parameter."
        );

    public static ApiException VersionTooLarge(long asked, long current) =>
        new(
            504,
            "Timeout",
            $"Timeout: Too large resource version: {asked}, current: {current}",
            new JsonObject
            {
                ["causes"] = new JsonArray(
                    new JsonObject
                    {
                        ["reason"] = "ResourceVersionTooLarge",
                        ["message"] = "Too large resource version",
                    }
                ),
                ["retryAfterSeconds"] = 1,
            },
            retryAfter: 1
        );

    private static JsonObject Details(ResourceType type, string name)
    {
        var details = new JsonObject { ["name"] = name };
        JsonFields.Put(details, "group", type.Group.Length > 0 ? type.Group : null);
        details["kind"] = type.Plural;
        return details;
    }
}
