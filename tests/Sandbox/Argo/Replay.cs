using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Sandbox.Argo;

/// <summary>
/// Does to the controller what was done when a recording was made. Where a state was waited for then, it is waited for
/// now, because the real controller is slower; otherwise the time between actions is the recorded one.
/// </summary>
internal sealed class Replay(ControllerWorld world, string recording)
{
    private static readonly TimeSpan BetweenTwoRequests = TimeSpan.FromMilliseconds(60);
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Fixtures", "controller");

    public static string[] Lines(string recording, string file) =>
        File.ReadAllLines(Path.Combine(Root, recording, file));

    public static DateTimeOffset Start(string recording) => At(Actions(recording).First());

    public async Task RunAsync()
    {
        var last = Start(recording);
        foreach (var line in Actions(recording))
        {
            if (line["reached"]?.GetValue<string>() is { } reached)
            {
                await ReachAsync(reached, At(line));
            }
            else
            {
                await world.PassAsync(At(line) - last);
                await DoAsync(line["action"]!.GetValue<string>());
            }

            last = At(line);
        }

        // As long as the recordings went on; the preview that 15b aborts at its end would stay for 30 s.
        await world.PassSecondsAsync(28);
    }

    /// <summary>
    /// Waits for the state, and for the recorded time, so that deadlines fall as they did then; except where a promote
    /// has to come within the first moments of a pause.
    /// </summary>
    private async Task ReachAsync(string reached, DateTimeOffset at)
    {
        if (reached.Split(' ') is ["phase", var phase])
        {
            await world.UntilAsync(() => world.Phase == phase);
        }
        else if (reached.EndsWith("scaled down", StringComparison.Ordinal))
        {
            await world.UntilAsync(() =>
                world.Items(Resources.ReplicaSet).Count(set => set["spec"]!["replicas"]!.GetValue<int>() > 0) == 1
            );
        }

        if (!recording.StartsWith("15", StringComparison.Ordinal) && at > world.Clock.GetUtcNow())
        {
            await world.PassAsync(at - world.Clock.GetUtcNow());
        }
    }

    private async Task DoAsync(string action)
    {
        var words = action.Split(' ').Select(word => word.Trim()).ToArray();
        switch (words)
        {
            case ["kubectl", "apply", "-f", var file]:
                await ApplyAsync(Path.ChangeExtension(file, ".json"));
                break;
            case ["kubectl", "argo", "rollouts", "set", "image", _, var image]:
                await world.SetImageAsync(image.Split('=')[1]);
                break;
            case ["kubectl", "argo", "rollouts", "promote", _, "--full"]:
                await world.PromoteFullAsync();
                break;
            case ["kubectl", "argo", "rollouts", "promote", _]:
                await PromoteAsync();
                break;
            case ["PATCH", .., "{\"status\":{\"pauseConditions\":null}}"]:
                await world.PromoteAsync();
                break;
            case ["kubectl", "argo", "rollouts", "abort", _]:
                await world.AbortAsync();
                break;
            case ["kubectl", "argo", "rollouts", "retry", "rollout", _]:
                await world.RetryAsync();
                break;
            case ["kubectl", "argo", "rollouts", "undo", _]:
                await world.UndoAsync();
                break;
            case ["kubectl", "argo", "rollouts", "undo", _, var revision]:
                await world.UndoAsync(int.Parse(revision.Split('=')[1], CultureInfo.InvariantCulture));
                break;
            case ["kubectl", "argo", "rollouts", "pause", _]:
                await world.ChangeAsync(json => json["spec"]!["paused"] = true);
                break;
            case ["kubectl", "argo", "rollouts", "restart", _]:
                var now = world.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
                await world.ChangeAsync(json => json["spec"]!["restartAt"] = now);
                break;
            case ["kubectl", "annotate", "rollout", _, var annotation, "--overwrite"]:
                await world.AnnotateAsync(annotation.Split('=')[0], annotation.Split('=')[1]);
                break;
            case ["kubectl", "scale", _, var replicas]:
                await world.ChangeAsync(json =>
                    json["spec"]!["replicas"] = int.Parse(replicas.Split('=')[1], CultureInfo.InvariantCulture)
                );
                break;
            case ["kubectl", "delete", "rollout", _]:
                world.Store.Delete(Resources.Rollout, ControllerWorld.Namespace, ControllerWorld.Name).ShouldBeTrue();
                await world.Controller.WhenIdleAsync();
                break;
            default:
                throw new InvalidOperationException($"The recording does something unknown: {action}");
        }
    }

    /// <summary>As the plugin: takes away a pause of the controller, then one by hand.</summary>
    private async Task PromoteAsync()
    {
        if (world.IsPaused)
        {
            await world.PromoteAsync();
            await world.PassAsync(BetweenTwoRequests);
        }

        if (world.Rollout["spec"]!["paused"]?.GetValue<bool>() == true)
        {
            await world.ChangeAsync(json => json["spec"]!["paused"] = false);
        }
    }

    private async Task ApplyAsync(string file)
    {
        var items = JsonNode.Parse(File.ReadAllText(Path.Combine(Root, recording, file)))!.AsArray();

        // The active Service last: a controller that looks in between would name another missing Service.
        foreach (
            var item in items.OfType<JsonObject>().OrderByDescending(NameOf, StringComparer.Ordinal).OrderBy(IsRollout)
        )
        {
            var manifest = item.DeepClone().AsObject();
            manifest["metadata"]!["namespace"] = ControllerWorld.Namespace;
            var type = Resources.OfKind(
                manifest["apiVersion"]!.GetValue<string>(),
                manifest["kind"]!.GetValue<string>()
            )!;
            if (world.Store.Get(type, ControllerWorld.Namespace, NameOf(manifest)) is null)
            {
                world.Store.Create(type, manifest);
            }
            else if (type == Resources.Rollout)
            {
                await world.ChangeAsync(json => json["spec"] = manifest["spec"]!.DeepClone());
            }
        }

        await world.Controller.WhenIdleAsync();
    }

    private static bool IsRollout(JsonObject item) => item["kind"]!.GetValue<string>() == "Rollout";

    private static string NameOf(JsonObject item) => item["metadata"]!["name"]!.GetValue<string>();

    private static IEnumerable<JsonObject> Actions(string recording) =>
        Lines(recording, "actions.jsonl").Select(line => JsonNode.Parse(line)!.AsObject());

    private static DateTimeOffset At(JsonObject line) =>
        DateTimeOffset.Parse(line["at"]!.GetValue<string>(), CultureInfo.InvariantCulture);
}
