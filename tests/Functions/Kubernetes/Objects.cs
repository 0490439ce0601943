using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.Functions.Kubernetes;

/// <summary>Objects as an API server sends them, no larger than these tests need.</summary>
internal static class Objects
{
    public const string RolloutUid = "0b2e5f1c-8a53-4c3a-9a53-6a1f2f4a9d10";

    public static JsonObject Rollout(string name = "storefront", string ns = "shop", string resourceVersion = "41") =>
        Parse(
            $$"""
            {
              "apiVersion": "argoproj.io/v1alpha1",
              "kind": "Rollout",
              "metadata": { "name": "{{name}}", "namespace": "{{ns}}", "uid": "{{RolloutUid}}", "resourceVersion": "{{resourceVersion}}", "generation": 2 },
              "spec": {
                "replicas": 1,
                "selector": { "matchLabels": { "app": "{{name}}" }, "matchExpressions": [ { "key": "tier", "operator": "In", "values": ["web", "api"] } ] },
                "strategy": { "blueGreen": { "activeService": "a", "previewService": "p", "autoPromotionEnabled": false } },
                "template": { "metadata": { "labels": { "app": "{{name}}", "tier": "web" } }, "spec": { "containers": [ { "name": "main", "image": "shop:2" } ] } }
              },
              "status": {
                "observedGeneration": "2", "phase": "Paused", "message": "BlueGreenPause", "currentPodHash": "bbb", "stableRS": "aaa",
                "pauseConditions": [ { "reason": "BlueGreenPause", "startTime": "2026-01-02T03:04:05Z" } ], "controllerPause": true,
                "blueGreen": { "activeSelector": "aaa", "previewSelector": "bbb" }
              }
            }
            """
        );

    public static JsonObject ReplicaSet(string hash, string owner = RolloutUid) =>
        Parse(
            $$"""
            {
              "apiVersion": "apps/v1",
              "kind": "ReplicaSet",
              "metadata": {
                "name": "storefront-{{hash}}", "namespace": "shop",
                "labels": { "app": "storefront", "tier": "web", "rollouts-pod-template-hash": "{{hash}}" },
                "ownerReferences": [ { "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "storefront", "uid": "{{owner}}", "controller": true } ]
              },
              "spec": {
                "replicas": 1,
                "template": {
                  "metadata": { "labels": { "app": "storefront", "tier": "web", "rollouts-pod-template-hash": "{{hash}}" } },
                  "spec": { "containers": [ { "name": "main", "image": "shop:{{hash}}" } ] }
                }
              },
              "status": { "replicas": 1, "readyReplicas": 1, "availableReplicas": 1 }
            }
            """
        );

    public static JsonObject AnalysisRun(string hash, string owner = RolloutUid) =>
        Parse(
            $$"""
            {
              "apiVersion": "argoproj.io/v1alpha1",
              "kind": "AnalysisRun",
              "metadata": {
                "name": "storefront-{{hash}}-pre", "namespace": "shop", "labels": { "rollouts-pod-template-hash": "{{hash}}" },
                "ownerReferences": [ { "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "storefront", "uid": "{{owner}}" } ]
              },
              "spec": { "metrics": [] },
              "status": { "phase": "Running" }
            }
            """
        );

    public static JsonObject CrashingPod(string hash) =>
        Parse(
            $$"""
            {
              "apiVersion": "v1",
              "kind": "Pod",
              "metadata": { "name": "storefront-{{hash}}-1", "namespace": "shop", "labels": { "app": "storefront", "tier": "web", "rollouts-pod-template-hash": "{{hash}}" } },
              "spec": { "containers": [ { "name": "main", "image": "shop:{{hash}}" } ] },
              "status": { "containerStatuses": [ { "name": "main", "state": { "waiting": { "reason": "CrashLoopBackOff", "message": "back-off" } } } ] }
            }
            """
        );

    public static JsonObject Application(string name = "shop-production", string ns = "argocd") =>
        Parse(
            $$"""
            {
              "apiVersion": "argoproj.io/v1alpha1",
              "kind": "Application",
              "metadata": { "name": "{{name}}", "namespace": "{{ns}}" },
              "spec": { "project": "default", "destination": {}, "syncPolicy": { "automated": {} } },
              "status": { "sync": { "status": "Synced", "revision": "abc" }, "health": { "status": "Suspended" } }
            }
            """
        );

    public static string List(string next, params JsonObject[] items) =>
        new JsonObject
        {
            ["kind"] = "List",
            ["metadata"] = new JsonObject { ["resourceVersion"] = "99", ["continue"] = next },
            ["items"] = new JsonArray([.. items]),
        }.ToJsonString();

    public static string Status(int code, string reason, string message) =>
        new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["status"] = "Failure",
            ["message"] = message,
            ["reason"] = reason,
            ["code"] = code,
        }.ToJsonString();

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
