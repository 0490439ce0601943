using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>What a Web API method answers: HTTP 200 with <c>ok</c>, whether it went well or not.</summary>
internal sealed record SlackReply(JsonObject Body)
{
    public string? ErrorCode => (string?)Body["error"];

    public static SlackReply Ok(JsonObject? body = null)
    {
        var answer = new JsonObject { ["ok"] = true };
        foreach (var (key, value) in body ?? [])
        {
            answer[key] = value?.DeepClone();
        }

        return new SlackReply(answer);
    }

    public static SlackReply Error(string code) => new(new JsonObject { ["ok"] = false, ["error"] = code });

    /// <summary>An error whose details Slack lists twice: as <c>errors</c> and in <c>response_metadata.messages</c>.</summary>
    public static SlackReply Error(string code, IEnumerable<string> details)
    {
        var list = details.ToArray();
        var reply = Error(code);
        reply.Body["errors"] = new JsonArray([.. list.Select(d => JsonValue.Create(d))]);
        reply.Body["response_metadata"] = new JsonObject
        {
            ["messages"] = new JsonArray([.. list.Select(d => JsonValue.Create($"[ERROR] {d}"))]),
        };
        return reply;
    }

    public static SlackReply InvalidArguments(params IEnumerable<string> details) =>
        Error("invalid_arguments", details);

    public static SlackReply MissingScope(string needed, IEnumerable<string> provided)
    {
        var reply = Error("missing_scope");
        reply.Body["needed"] = needed;
        reply.Body["provided"] = string.Join(',', provided.Order(StringComparer.Ordinal));
        return reply;
    }

    /// <summary>Adds a warning in both places where Slack puts it.</summary>
    public SlackReply Warn(string warning)
    {
        Body["warning"] = warning;
        if (Body["response_metadata"] is not JsonObject metadata)
        {
            Body["response_metadata"] = metadata = [];
        }

        metadata["warnings"] = new JsonArray(JsonValue.Create(warning));
        return this;
    }
}

/// <summary>Thrown inside a method to answer an error; caught by the one place that runs methods.</summary>
internal sealed class SlackRefusal(SlackReply reply) : Exception(reply.ErrorCode)
{
    public SlackRefusal(string code)
        : this(SlackReply.Error(code)) { }

    public SlackReply Reply { get; } = reply;
}
