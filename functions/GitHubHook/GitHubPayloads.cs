using System.Text.Json;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.GitOps.Reverting;

namespace Devflow.ChatOps.Functions.GitHubHook;

/// <summary>Reads the parts of GitHub's payloads that we use.</summary>
internal static class GitHubPayloads
{
    /// <param name="name"><c>X-GitHub-Event</c>.</param>
    /// <exception cref="HookFormatException">It lacks what an event of this name has.</exception>
    public static GitHubEvent Read(string name, JsonElement payload)
    {
        if (payload.ValueKind != JsonValueKind.Object)
        {
            throw new HookFormatException("Expected an object.");
        }

        var action = Optional(payload, "action") ?? "";
        return (name, action) switch
        {
            ("ping", _) => new GitHubEvent.Ping(),
            ("check_run", "requested_action") => new GitHubEvent.Pressed(
                Repository(payload),
                Run(payload),
                HookRequest.Text(Inner(payload, "requested_action"), "identifier"),
                Sender(payload)
            ),
            ("check_run", "rerequested") => new GitHubEvent.Rerequested(
                Repository(payload),
                Run(payload),
                Sender(payload)
            ),
            ("check_suite", "rerequested") => new GitHubEvent.SuiteRerequested(
                Repository(payload),
                HookRequest.Text(Inner(payload, "check_suite"), "head_sha"),
                App(Inner(payload, "check_suite")),
                Sender(payload)
            ),
            ("pull_request", "closed" or "reopened") when RollbackBranch(payload) is { } branch =>
                new GitHubEvent.RollbackPull(Repository(payload), branch, Sender(payload)),
            ("pull_request", "closed") => Closed(payload),
            ("installation", _) => new GitHubEvent.Installed(
                action,
                Optional(Inner(Inner(payload, "installation"), "account"), "login") ?? ""
            ),
            _ => new GitHubEvent.Ignored($"{name} {action}".TrimEnd()),
        };
    }

    private static string? RollbackBranch(JsonElement payload)
    {
        var pull = Inner(payload, "pull_request");
        return
            pull.TryGetProperty("head", out var head)
            && Optional(head, "ref") is { } branch
            && branch.StartsWith($"{RevertMessage.BranchPrefix}/", StringComparison.Ordinal)
            ? branch
            : null;
    }

    private static GitHubEvent Closed(JsonElement payload)
    {
        var pull = Inner(payload, "pull_request");
        var isMerged = pull.TryGetProperty("merged", out var merged) && merged.ValueKind == JsonValueKind.True;
        return !isMerged || Optional(pull, "merge_commit_sha") is not { } commit
            ? new GitHubEvent.Ignored("pull_request closed unmerged")
            : new GitHubEvent.Merged(
                Repository(payload),
                commit,
                new ReleasedPull(
                    (int)Number(pull, "number"),
                    Optional(pull, "title") ?? "",
                    Login(pull, "user"),
                    Login(pull, "merged_by")
                ),
                Sender(payload)
            );
    }

    private static EventRepository Repository(JsonElement payload)
    {
        var repository = Inner(payload, "repository");
        return new EventRepository(Number(repository, "id"), HookRequest.Text(repository, "full_name"));
    }

    private static EventCheckRun Run(JsonElement payload)
    {
        var run = Inner(payload, "check_run");
        return new EventCheckRun(Number(run, "id"), Optional(run, "external_id") ?? "", App(run));
    }

    private static EventApp App(JsonElement of)
    {
        var app = Inner(of, "app");
        return new EventApp(Number(app, "id"), Optional(app, "client_id"));
    }

    private static string? Login(JsonElement of, string role) =>
        of.TryGetProperty(role, out var user) ? Optional(user, "login") : null;

    private static string Sender(JsonElement payload) => HookRequest.Text(Inner(payload, "sender"), "login");

    private static JsonElement Inner(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Object
            ? value
            : throw new HookFormatException($"{name}: expected an object.");

    private static long Number(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
            ? number
            : throw new HookFormatException($"{name}: expected a whole number.");

    private static string? Optional(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
