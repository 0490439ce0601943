using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>"May I?": what <c>kubectl auth can-i</c> and a service's self-check ask.</summary>
internal static class AccessReview
{
    /// <summary>Whether the request is such a question.</summary>
    public static bool IsAsked(RequestInfo info) =>
        info is { Verb: "create", Group: "authorization.k8s.io", Resource: "selfsubjectaccessreviews" };

    public static Task AnswerAsync(ApiRequest request)
    {
        if (request.ContentType is not ("" or MediaTypes.Json))
        {
            // kubectl auth can-i sends protobuf, which this stand-in does not read.
            throw ApiErrors.UnsupportedMediaType(MediaTypes.Json);
        }

        var review =
            WriteRequest.Decode(request.Body, "couldn't get version/kind; json parse error") as JsonObject
            ?? throw ApiErrors.BadRequest("a SelfSubjectAccessReview is expected");
        var spec = JsonFields.Object(review, "spec");
        var resource = JsonFields.Object(spec, "resourceAttributes");
        bool allowed;
        if (resource is not null)
        {
            var subresource = JsonFields.Text(resource, "subresource");
            var ns = JsonFields.Text(resource, "namespace");
            allowed = request.User.May(
                JsonFields.Text(resource, "verb") ?? "",
                JsonFields.Text(resource, "group") ?? "",
                JsonFields.Text(resource, "resource") + (string.IsNullOrEmpty(subresource) ? "" : $"/{subresource}"),
                string.IsNullOrEmpty(ns) ? null : ns
            );
        }
        else if (JsonFields.Object(spec, "nonResourceAttributes") is not null)
        {
            allowed = request.User != ApiUser.Anonymous;
        }
        else
        {
            throw ApiErrors.BadRequest("exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }

        return request.AnswerAsync(
            201,
            Render.Json(
                new JsonObject
                {
                    ["kind"] = "SelfSubjectAccessReview",
                    ["apiVersion"] = "authorization.k8s.io/v1",
                    ["metadata"] = new JsonObject(),
                    ["spec"] = spec!.DeepClone(),
                    ["status"] = new JsonObject { ["allowed"] = allowed },
                }
            )
        );
    }
}
