using System.Text;
using Devflow.ChatOps.Sandbox.GitHub.Checks;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>What an App sent for a check run, checked by the rules of https://docs.github.com/rest/checks/runs.</summary>
internal sealed record CheckRunInput
{
    private const int LongestText = 65_535;
    private const int MostAnnotations = 50;
    private const int MostActions = 3;

    // The other statuses are for GitHub Actions, and the conclusion "stale" is for GitHub.
    private static readonly string[] statuses = ["queued", "in_progress", "completed"];
    private static readonly string[] conclusions =
    [
        "success",
        "failure",
        "neutral",
        "cancelled",
        "timed_out",
        "action_required",
        "skipped",
    ];

    public string? Name { get; private init; }

    public string? HeadSha { get; private init; }

    public string? ExternalId { get; private init; }

    public string? DetailsUrl { get; private init; }

    public string? Status { get; private init; }

    public string? Conclusion { get; private init; }

    public DateTimeOffset? StartedAt { get; private init; }

    public DateTimeOffset? CompletedAt { get; private init; }

    public GitHubCheckOutput? Output { get; private init; }

    public IReadOnlyList<GitHubCheckAction> Actions { get; private init; } = [];

    /// <exception cref="GitHubRefusalException">It breaks a rule.</exception>
    public static CheckRunInput Read(RestRequest request, bool isNew)
    {
        var fields = new Fields(request.Body);
        var input = new CheckRunInput
        {
            Name = fields.Text("name", isNeeded: isNew),
            HeadSha = isNew ? fields.Text("head_sha", isNeeded: true) : null,
            ExternalId = fields.Text("external_id"),
            DetailsUrl = fields.Text("details_url"),
            Status = fields.Text("status", oneOf: statuses),
            Conclusion = fields.Text("conclusion", oneOf: conclusions),
            StartedAt = fields.Time("started_at"),
            CompletedAt = fields.Time("completed_at"),
            Output = ReadOutput(fields.Object("output"), isNew),
            Actions = ReadActions(fields),
        };
        if (input.Status == "completed" && input.Conclusion is null && !fields.Has("conclusion"))
        {
            fields.Refuse("\"conclusion\" wasn't supplied.");
        }

        fields.Check();
        CheckModel(input);
        return input;
    }

    private static GitHubCheckOutput? ReadOutput(Fields? output, bool isNew)
    {
        if (output is null)
        {
            return null;
        }

        var annotations = output.Objects("annotations", MostAnnotations) ?? [];
        foreach (var annotation in annotations)
        {
            annotation.Text("path", isNeeded: true);
            annotation.Text("message", isNeeded: true);
            annotation.Text("annotation_level", isNeeded: true, oneOf: ["notice", "warning", "failure"]);
        }

        return new GitHubCheckOutput(
            output.Text("title", isNeeded: isNew),
            output.Text("summary", isNeeded: true, LongestText),
            output.Text("text", most: LongestText),
            annotations.Count
        );
    }

    private static List<GitHubCheckAction> ReadActions(Fields fields) =>
        [
            .. (fields.Objects("actions", MostActions) ?? []).Select(action => new GitHubCheckAction(
                action.Text("label", isNeeded: true, most: 20) ?? "",
                action.Text("description", isNeeded: true, most: 40) ?? "",
                action.Text("identifier", isNeeded: true, most: 20) ?? ""
            )),
        ];

    private static void CheckModel(CheckRunInput input)
    {
        // The schema counts characters and the model counts bytes (https://github.com/github/docs/issues/35252).
        foreach (var (field, text) in new[] { ("summary", input.Output?.Summary), ("text", input.Output?.Text) })
        {
            if (text is not null && Encoding.UTF8.GetByteCount(text) > LongestText)
            {
                throw GitHubRefusalException.Failed(
                    "CheckRun",
                    field,
                    $"{field} exceeds a maximum bytesize of {LongestText}"
                );
            }
        }

        if (input.DetailsUrl is { } url && !IsWeb(url))
        {
            throw GitHubRefusalException.Failed("CheckRun", "details_url", "details_url must use http(s) scheme");
        }
    }

    private static bool IsWeb(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https");
}
