using System.Collections.Frozen;
using System.Text.Json;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.Slack;

/// <summary>
/// From Slack's error codes to what they mean for us. Codes are listed with each method, for example at
/// https://docs.slack.dev/reference/methods/chat.postMessage#errors; one that is not known here is not repeated.
/// </summary>
internal static class SlackErrors
{
    /// <summary>Told to wait without being told how long.</summary>
    public static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(30);

    private const int LongestCode = 80;

    private static readonly FrozenDictionary<string, SlackFaultKind> Kinds = Table();

    /// <summary>What an answer with <c>ok: false</c> means.</summary>
    public static SlackFault Read(JsonElement answer, SlackEffect effect)
    {
        var code = Code(Text(answer, "error"));
        // "It's possible some aspect of the operation succeeded before the error was raised."
        if (code is "fatal_error" or "internal_error")
        {
            return Lost(effect, code);
        }

        var kind = Kinds.GetValueOrDefault(code, SlackFaultKind.Refused);
        var wait = kind == SlackFaultKind.RateLimited ? DefaultRetryAfter : (TimeSpan?)null;
        return new SlackFault(kind, code + Detail(answer, code), wait);
    }

    /// <summary>There is no answer that can be trusted: only where nothing was changed is it known that nothing happened.</summary>
    public static SlackFault Lost(SlackEffect effect, string error) =>
        new(effect == SlackEffect.Read ? SlackFaultKind.Unavailable : SlackFaultKind.Uncertain, error);

    /// <summary>Slack's codes are lower-case words; anything else is not repeated in our texts.</summary>
    public static string Code(string? text) =>
        text is { Length: > 0 and <= LongestCode }
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')
            ? text
            : "unknown_error";

    // A detail that looks as if it repeated a token is not passed on.
    private static string Detail(JsonElement answer, string code)
    {
        if (code == "missing_scope")
        {
            return Text(answer, "needed") is { } scope ? ": " + OutsideText.Line(scope) : "";
        }

        return
            answer.TryGetProperty("response_metadata", out var metadata)
            && metadata.ValueKind == JsonValueKind.Object
            && metadata.TryGetProperty("messages", out var messages)
            && messages.ValueKind == JsonValueKind.Array
            && messages.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.String } first
            && OutsideText.Line(first.GetString()!) is var line
            && !line.Contains("xox", StringComparison.OrdinalIgnoreCase)
            ? ": " + line
            : "";
    }

    private static string? Text(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static FrozenDictionary<string, SlackFaultKind> Table()
    {
        var kinds = new Dictionary<string, SlackFaultKind>(StringComparer.Ordinal);
        Add(SlackFaultKind.RateLimited, "ratelimited rate_limited message_limit_exceeded");
        // request_timeout: "the POST data was either missing or truncated".
        Add(SlackFaultKind.Unavailable, "service_unavailable request_timeout team_added_to_org update_failed");
        Add(
            SlackFaultKind.MessageGone,
            "message_not_found thread_not_found cant_update_message edit_window_closed cannot_reply_to_message"
        );
        Add(
            SlackFaultKind.Channel,
            "channel_not_found not_in_channel is_archived is_inactive channel_type_not_supported restricted_action"
                + " restricted_action_read_only_channel restricted_action_thread_only_channel"
                + " restricted_action_non_threadable_channel restricted_action_thread_locked"
        );
        Add(
            SlackFaultKind.NotAuthorized,
            "not_authed invalid_auth token_revoked token_expired account_inactive missing_scope no_permission"
                + " org_login_required ekm_access_denied not_allowed_token_type access_denied"
                + " two_factor_setup_required enterprise_is_restricted team_access_not_granted"
        );
        return kinds.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(SlackFaultKind kind, string codes)
        {
            foreach (var code in codes.Split(' '))
            {
                kinds.Add(code, kind);
            }
        }
    }
}

/// <summary>What a call changes at Slack: decides what a lost answer means.</summary>
internal enum SlackEffect
{
    /// <summary>Nothing.</summary>
    Read,

    /// <summary>Something that people see: after a lost answer it may be there.</summary>
    Write,
}
