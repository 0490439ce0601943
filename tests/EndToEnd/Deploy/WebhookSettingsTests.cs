using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

/// <summary>What the notifications engine is told about the service, and the Secret it takes the token from.</summary>
public sealed partial class WebhookSettingsTests
{
    private static readonly Dictionary<string, Target> Targets = new()
    {
        ["argo-rollouts"] = new("argo-rollouts", "argo-rollouts-notification-secret", "/hooks/rollouts/prod"),
        ["argocd"] = new("argocd", "argocd-notifications-secret", "/hooks/argocd/prod"),
    };

    public static TheoryData<string> Folders => [.. Targets.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Messages_go_to_the_hook_of_the_cluster_over_tls(string folder)
    {
        Webhook(folder)["url"]!.GetValue<string>().ShouldBe("https://devflow.example.com" + Targets[folder].Path);
        Webhook(folder)["insecureSkipVerify"].ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void The_headers_carry_the_token_of_the_secret(string folder)
    {
        var headers = Webhook(folder)["headers"]!
            .AsArray()
            .ToDictionary(h => h!["name"]!.GetValue<string>(), h => h!["value"]!.GetValue<string>());

        headers["Authorization"].ShouldBe("Bearer $devflow-token");
        headers["Content-Type"].ShouldBe("application/json");
        headers["Connection"].ShouldBe("close");
        headers.Count.ShouldBe(3);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Retries_are_few_and_their_waits_are_numbers_of_nanoseconds(string folder)
    {
        var webhook = Webhook(folder);

        webhook["retryMax"]!.GetValue<long>().ShouldBe(1, "0 would mean the default of 3");
        Nanoseconds(webhook, "retryWaitMin").ShouldBe(TimeSpan.FromMilliseconds(100));
        Nanoseconds(webhook, "retryWaitMax").ShouldBe(TimeSpan.FromMilliseconds(500));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Idle_connections_are_few_and_end_soon(string folder)
    {
        var webhook = Webhook(folder);

        webhook["maxIdleConns"]!.GetValue<long>().ShouldBe(1);
        webhook["maxIdleConnsPerHost"]!.GetValue<long>().ShouldBe(1);
        // Unlike the waits above a text: Go parses this one itself, and takes a text it cannot parse for "no limit".
        webhook["idleConnTimeout"]!.GetValue<string>().ShouldBe("1s");
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void The_example_secret_has_the_key_and_a_value_that_no_bearer_token_can_be(string folder)
    {
        var example = YamlDocuments.Parse(RepositoryFiles.Read($"deploy/{folder}/secret.example.yaml"));

        example["kind"]!.GetValue<string>().ShouldBe("Secret");
        example["metadata"]!["name"]!.GetValue<string>().ShouldBe(Targets[folder].Secret);
        example["metadata"]!["namespace"]!.GetValue<string>().ShouldBe(Targets[folder].Namespace);
        var value = example["stringData"]!["devflow-token"]!.GetValue<string>();
        BearerToken().IsMatch(value).ShouldBeFalse(value);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void The_kustomization_applies_the_config_map_and_no_secret(string folder)
    {
        var kustomization = YamlDocuments.Parse(RepositoryFiles.Read($"deploy/{folder}/kustomization.yaml"));

        kustomization["namespace"]!.GetValue<string>().ShouldBe(Targets[folder].Namespace);
        kustomization["resources"]!.AsArray().Select(r => r!.GetValue<string>()).ShouldBe(["configmap.yaml"]);
    }

    private static JsonNode Webhook(string folder) =>
        (folder == "argocd" ? NotificationConfig.ArgoCd() : NotificationConfig.ArgoRollouts()).Webhook;

    /// <summary>Go's time.Duration is read from a number only, and that number counts nanoseconds.</summary>
    private static TimeSpan Nanoseconds(JsonNode webhook, string key)
    {
        webhook[key]!.GetValueKind().ShouldBe(JsonValueKind.Number);
        return TimeSpan.FromMicroseconds(webhook[key]!.GetValue<long>() / 1000);
    }

    /// <summary>b64token of RFC 6750, section 2.1.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9._~+/-]+=*\z")]
    private static partial Regex BearerToken();

    /// <summary>Where a controller runs, which Secret it reads, and which hook it posts to.</summary>
    private sealed record Target(string Namespace, string Secret, string Path);
}
