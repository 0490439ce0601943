using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Sandbox.Kubernetes;

/// <summary>Small objects to fill a store with.</summary>
internal static class Manifests
{
    public static JsonObject Rollout(string name, string ns = "shop", string app = "web") =>
        JsonNode
            .Parse(
                $$"""
                {
                  "apiVersion": "argoproj.io/v1alpha1",
                  "kind": "Rollout",
                  "metadata": { "name": "{{name}}", "namespace": "{{ns}}", "labels": { "app": "{{app}}" } },
                  "spec": {
                    "replicas": 2,
                    "selector": { "matchLabels": { "app": "{{app}}" } },
                    "strategy": { "blueGreen": { "activeService": "{{name}}-active", "autoPromotionEnabled": false } },
                    "template": {
                      "metadata": { "labels": { "app": "{{app}}" } },
                      "spec": { "containers": [{ "name": "web", "image": "web:1" }] }
                    }
                  }
                }
                """
            )!
            .AsObject();

    /// <summary>A Rollout that waits for somebody to promote it.</summary>
    public static JsonObject Paused(string name, string ns = "shop")
    {
        var rollout = Rollout(name, ns);
        rollout["status"] = JsonNode.Parse(
            """
            {
              "phase": "Paused", "message": "BlueGreenPause", "controllerPause": true, "currentPodHash": "abc",
              "pauseConditions": [{ "reason": "BlueGreenPause", "startTime": "2026-11-23T07:17:09Z" }],
              "replicas": 4, "updatedReplicas": 2, "availableReplicas": 2
            }
            """
        );
        return rollout;
    }

    public static JsonObject Object(ResourceType type, string name, string spec = "{}", string status = "{}") =>
        new()
        {
            ["apiVersion"] = type.ApiVersion,
            ["kind"] = type.Kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "shop" },
            ["spec"] = JsonNode.Parse(spec),
            ["status"] = JsonNode.Parse(status),
        };
}
