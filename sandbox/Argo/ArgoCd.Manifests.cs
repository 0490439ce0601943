using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo;

// Syncs of whole manifests, as Git has them.
public sealed partial class ArgoCd
{
    /// <summary>Syncs an app to what Git wants at a commit: what is missing is made, the rest is changed.</summary>
    /// <exception cref="InvalidOperationException">The app is not known.</exception>
    internal Task SyncAsync(string application, DesiredState desired, string commitSha)
    {
        var app = Known(application);
        var rollout = desired.Manifests.FirstOrDefault(manifest =>
            manifest.Text("kind") == Resources.Rollout.Kind && manifest.Text("metadata", "name") == app.Rollout
        );
        return SyncAsync(
            app,
            rollout is null ? "" : ImageOf(rollout),
            commitSha,
            () =>
            {
                foreach (var manifest in desired.Manifests)
                {
                    Apply(app, manifest);
                }

                return null;
            }
        );
    }

    /// <summary>Tells why Git cannot be compared with the cluster; null: it can.</summary>
    internal void TellComparison(string application, string? problem) =>
        Change(
            Known(application),
            json =>
            {
                var status = json.Ensure("status");
                if (problem is null)
                {
                    status.Remove("conditions");
                    return;
                }

                status.Ensure("sync")["status"] = "Unknown";
                status["conditions"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "ComparisonError",
                        ["message"] = problem,
                        ["lastTransitionTime"] = JsonPath.Stamp(clock.GetUtcNow()),
                    }
                );
            }
        );

    private void Apply(ArgoCdApp app, JsonObject manifest)
    {
        var type = Resources.OfKind(manifest.Text("apiVersion"), manifest.Text("kind"))!;
        var name = manifest.Text("metadata", "name")!;
        var wanted = (JsonObject)manifest.DeepClone();
        wanted.Ensure("metadata")["namespace"] = app.Namespace;
        var changed = store.Update(
            type,
            app.Namespace,
            name,
            live =>
            {
                // What the cluster keeps beside it, such as the pod hash in a Service's selector, stays.
                MergePatch.Apply(live, wanted);
                return live;
            }
        );
        if (changed is null)
        {
            store.Create(type, wanted);
        }
    }
}
