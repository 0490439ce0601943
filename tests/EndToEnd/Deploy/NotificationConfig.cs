using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

/// <summary>A notification ConfigMap, read as the notifications engine of Argo reads it.</summary>
internal sealed class NotificationConfig
{
    private readonly JsonObject data;

    private NotificationConfig(JsonNode configMap)
    {
        Name = configMap["metadata"]!["name"]!.GetValue<string>();
        data = configMap["data"]!.AsObject();
    }

    /// <summary>The ConfigMap for the Argo Rollouts controller.</summary>
    public static NotificationConfig ArgoRollouts() => Load("deploy/argo-rollouts/configmap.yaml");

    /// <summary>The ConfigMap for Argo CD's notifications controller.</summary>
    public static NotificationConfig ArgoCd() => Load("deploy/argocd/configmap.yaml");

    public string Name { get; }

    /// <summary>All keys of the ConfigMap.</summary>
    public IEnumerable<string> Keys => data.Select(pair => pair.Key);

    /// <summary>The settings of the webhook that the messages go to.</summary>
    public JsonNode Webhook => Entry("service.webhook.devflow");

    /// <summary>Names of the triggers.</summary>
    public IReadOnlyList<string> Triggers => Names("trigger.");

    /// <summary>Names of the templates.</summary>
    public IReadOnlyList<string> Templates => Names("template.");

    /// <summary>The default subscriptions.</summary>
    public JsonArray Subscriptions => Entry("subscriptions").AsArray();

    /// <summary>The conditions of a trigger, each with the templates that it sends.</summary>
    public JsonArray Conditions(string trigger) => Entry($"trigger.{trigger}").AsArray();

    /// <summary>The names of the templates that a trigger sends.</summary>
    public IReadOnlyList<string> Sent(string trigger) =>
        [
            .. Conditions(trigger)
                .SelectMany(condition => condition!["send"]!.AsArray())
                .Select(n => n!.GetValue<string>()),
        ];

    /// <summary>A template, whole: its webhook part says method and body.</summary>
    public JsonNode Template(string name) => Entry($"template.{name}");

    /// <summary>The unrendered body of a template.</summary>
    public string Body(string template) => Template(template)["webhook"]!["devflow"]!["body"]!.GetValue<string>();

    private static NotificationConfig Load(string path) => new(YamlDocuments.Parse(RepositoryFiles.Read(path)));

    private JsonNode Entry(string key) =>
        YamlDocuments.Parse(data[key]?.GetValue<string>() ?? throw new KeyNotFoundException($"{Name} has no {key}"));

    private string[] Names(string prefix) =>
        [.. Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..])];
}
