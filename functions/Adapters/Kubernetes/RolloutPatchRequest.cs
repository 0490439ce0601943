using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>
/// The requests that change a Rollout: those of the kubectl plugin (argo-rollouts, pkg/kubectl-argo-rollouts/cmd), each
/// with the resourceVersion that was decided on, so that approving one release can never promote another.
/// </summary>
internal static class RolloutPatchRequest
{
    public const string MergePatch = "application/merge-patch+json";
    public const string JsonPatch = "application/json-patch+json";

    /// <summary>The request, or a fault when the patch carries no precondition or no template.</summary>
    public static (ApiRequest? Request, ClusterFault? Fault) Of(RolloutRef rollout, RolloutPatch patch)
    {
        if (patch.ResourceVersion.Length == 0)
        {
            // An empty one would be no precondition at all.
            return (null, Invalid("The patch names no resourceVersion."));
        }

        return patch switch
        {
            RolloutPatch.Promote => Status(rollout, patch, new JsonObject { ["pauseConditions"] = null }),
            RolloutPatch.PromoteFull => Status(rollout, patch, new JsonObject { ["promoteFull"] = true }),
            RolloutPatch.Abort => Status(rollout, patch, new JsonObject { ["abort"] = true }),
            RolloutPatch.Retry => Status(rollout, patch, new JsonObject { ["abort"] = false }),
            RolloutPatch.Undo undo => Undo(rollout, undo),
            RolloutPatch.Nudge nudge => (
                Request(
                    rollout,
                    "rollouts",
                    MergePatch,
                    new JsonObject
                    {
                        ["metadata"] = new JsonObject
                        {
                            ["resourceVersion"] = nudge.ResourceVersion,
                            ["annotations"] = new JsonObject { [KubernetesReader.NudgeAnnotation] = nudge.Value },
                        },
                    }
                ),
                null
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(patch), patch.GetType().Name, "Unknown patch."),
        };
    }

    private static (ApiRequest?, ClusterFault?) Status(RolloutRef rollout, RolloutPatch patch, JsonObject status) =>
        (
            Request(
                rollout,
                "rollouts/status",
                MergePatch,
                new JsonObject
                {
                    ["metadata"] = new JsonObject { ["resourceVersion"] = patch.ResourceVersion },
                    ["status"] = status,
                }
            ),
            null
        );

    // A merge patch cannot remove fields of the newer template, hence a JSON patch, whose precondition is a `test`.
    private static (ApiRequest?, ClusterFault?) Undo(RolloutRef rollout, RolloutPatch.Undo undo)
    {
        JsonNode? template;
        try
        {
            template = JsonNode.Parse(undo.TemplateJson);
        }
        catch (JsonException)
        {
            template = null;
        }

        return template is not JsonObject
            ? (
                null,
                Invalid($"The template of pod hash {undo.Target} is not known, so there is nothing to go back to.")
            )
            : (
                Request(
                    rollout,
                    "rollouts",
                    JsonPatch,
                    new JsonArray(
                        new JsonObject
                        {
                            ["op"] = "test",
                            ["path"] = "/metadata/resourceVersion",
                            ["value"] = undo.ResourceVersion,
                        },
                        new JsonObject
                        {
                            ["op"] = "replace",
                            ["path"] = "/spec/template",
                            ["value"] = template,
                        }
                    )
                ),
                null
            );
    }

    private static ApiRequest Request(RolloutRef rollout, string resource, string contentType, JsonNode body)
    {
        var subresource = resource == "rollouts" ? "" : "/status";
        return new ApiRequest(
            "patch",
            resource,
            rollout.Namespace,
            $"{ApiPaths.Argo}/namespaces/{rollout.Namespace}/rollouts/{rollout.Name}{subresource}?fieldManager=devflow-chatops"
        )
        {
            Name = rollout.Name,
            Body = body.ToJsonString(),
            ContentType = contentType,
        };
    }

    private static ClusterFault Invalid(string sentence) => new(ClusterFaultKind.Invalid, sentence);
}

/// <summary>Where the API groups are.</summary>
internal static class ApiPaths
{
    public const string Core = "api/v1";
    public const string Apps = "apis/apps/v1";
    public const string Argo = "apis/argoproj.io/v1alpha1";
}
