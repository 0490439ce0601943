using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.Functions.Explain;

/// <summary>Objects as an API server prints them, reduced to what matters here.</summary>
internal static class Objects
{
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true };

    /// <summary>A release b2 over a1 that scales its preview.</summary>
    public static JsonObject Rollout(string name = "web", string @namespace = "shop", string version = "1") =>
        Parse(
            $$"""
            {
              "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
              "metadata": {
                "name": "{{name}}", "namespace": "{{@namespace}}", "uid": "u-{{name}}", "generation": 2,
                "resourceVersion": "{{version}}", "annotations": { "rollout.argoproj.io/revision": "2" }
              },
              "spec": {
                "replicas": 2,
                "strategy": { "blueGreen": {
                  "activeService": "active", "previewService": "preview", "autoPromotionEnabled": false } }
              },
              "status": {
                "observedGeneration": "2", "phase": "Progressing", "message": "active service cutover pending",
                "currentPodHash": "b2", "stableRS": "a1",
                "blueGreen": { "activeSelector": "a1", "previewSelector": "b2" }
              }
            }
            """
        );

    public static JsonObject Paused(string name = "web", string @namespace = "shop", string version = "2")
    {
        var rollout = Rollout(name, @namespace, version);
        rollout["status"]!["phase"] = "Paused";
        rollout["status"]!["message"] = "BlueGreenPause";
        rollout["status"]!["controllerPause"] = true;
        rollout["status"]!["pauseConditions"] = JsonNode.Parse(
            """[{ "reason": "BlueGreenPause", "startTime": "2026-11-23T10:00:00Z" }]"""
        );
        return rollout;
    }

    public static JsonObject ReplicaSet(string hash, int available, string rollout = "web") =>
        Parse(
            $$"""
            {
              "apiVersion": "apps/v1", "kind": "ReplicaSet",
              "metadata": {
                "name": "{{rollout}}-{{hash}}", "namespace": "shop",
                "labels": { "rollouts-pod-template-hash": "{{hash}}" },
                "ownerReferences": [{ "kind": "Rollout", "name": "{{rollout}}", "uid": "u-{{rollout}}" }]
              },
              "spec": { "replicas": 2 },
              "status": { "replicas": 2, "availableReplicas": {{available.ToString(CultureInfo.InvariantCulture)}} }
            }
            """
        );

    public static string Event(string type, JsonObject item) =>
        new JsonObject { ["type"] = type, ["object"] = item.DeepClone() }.ToJsonString();

    public static string PrettyEvent(string type, JsonObject item) =>
        new JsonObject { ["type"] = type, ["object"] = item.DeepClone() }.ToJsonString(Pretty);

    public static JsonObject List(string kind, params JsonObject[] items) =>
        new()
        {
            ["apiVersion"] = kind == "List" ? "v1" : "argoproj.io/v1alpha1",
            ["kind"] = kind,
            ["items"] = new JsonArray([.. items.Select(item => item.DeepClone())]),
            ["metadata"] = new JsonObject { ["resourceVersion"] = "" },
        };

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
