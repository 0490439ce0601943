using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

/// <summary>What a controller has in hand when it renders: recorded objects, and written ones that are worse.</summary>
internal static class NotificationPayloads
{
    private const string Folder = "tests/EndToEnd/Fixtures/notifications/";

    /// <summary>Texts that no name in Kubernetes can be, and that must do no harm all the same.</summary>
    public static readonly IReadOnlyList<string> HostileTexts =
    [
        "\"",
        "\\",
        "a\nb\r\n\tc",
        "\",\"event\":\"on-rollout-aborted",
        "{{ toJson .secrets }}",
        "}}{{",
        "$devflow-token",
        "<!channel> & <script>alert(1)</script>",
        "nul \u0000 bell \u0007 del \u007f",
        "line \u2028 paragraph \u2029",
        "Ünïcödé ⚙ 部署 🚀",
        "\u202eright to left",
        new string('x', 100_000),
    ];

    /// <summary>Recorded from a real controller: the trigger that fired, and what its template saw as <c>.rollout</c>.</summary>
    public static IReadOnlyList<(string Trigger, JsonObject Rollout)> Recorded() =>
        [
            .. RepositoryFiles
                .Read(Folder + "recorded.jsonl")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonNode.Parse(line)!["body"]!)
                .Select(body => (body["trigger"]!.GetValue<string>(), body["rollout"]!.DeepClone().AsObject())),
        ];

    /// <summary>Reasons of the Events on Rollouts in the recordings; the controller makes trigger names of them.</summary>
    public static IReadOnlyList<string> RecordedReasons() =>
        RepositoryFiles.Read(Folder + "event-reasons.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// An AnalysisRun as <c>.rollout</c>: what the first of the two messages about a finished analysis carries. No
    /// recording holds one. Read from an informer, it has no <c>kind</c> either.
    /// </summary>
    public static JsonObject AnalysisRun() =>
        new()
        {
            ["metadata"] = new JsonObject
            {
                ["namespace"] = "shop",
                ["name"] = "storefront-6b7f9d-2-pre",
                ["uid"] = "5f0c2f0e-52b8-4c5e-9f0a-0d5f0f1d2c3b",
                ["ownerReferences"] = new JsonArray(
                    new JsonObject
                    {
                        ["apiVersion"] = "argoproj.io/v1alpha1",
                        ["kind"] = "Rollout",
                        ["name"] = "storefront",
                        ["uid"] = "2ec26917-6414-4365-a5d5-76d4f7fabdb2",
                        ["controller"] = true,
                        ["blockOwnerDeletion"] = true,
                    }
                ),
            },
            ["status"] = new JsonObject { ["phase"] = "Failed" },
        };

    /// <summary>A Rollout or Application all of whose names are the given text.</summary>
    public static JsonObject Named(string text) =>
        new()
        {
            ["kind"] = text,
            ["metadata"] = new JsonObject
            {
                ["namespace"] = text,
                ["name"] = text,
                ["uid"] = text,
                ["ownerReferences"] = new JsonArray(new JsonObject { ["kind"] = text, ["name"] = text }),
            },
        };
}
