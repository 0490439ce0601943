using System.Text.Json;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>
/// Reads GitHub's answers. What one lacks, or has of another kind, is a fault on the way to GitHub that passes: the page of a
/// proxy or a portal, or an answer that was cut. Nothing of what stands there instead is repeated.
/// </summary>
internal static class AnswerReading
{
    /// <summary>A part that must be there.</summary>
    /// <exception cref="GitHubException">It is not.</exception>
    public static JsonElement Part(this JsonElement answer, string name) => answer.Find(name) ?? throw Odd(name);

    /// <summary>A part that may be missing.</summary>
    /// <exception cref="GitHubException">The answer is something that has no parts.</exception>
    public static JsonElement? Find(this JsonElement answer, string name) =>
        answer.ValueKind != JsonValueKind.Object ? throw Odd(name)
        : answer.TryGetProperty(name, out var part) ? part
        : null;

    public static string Text(this JsonElement answer, string name) => answer.TextOrNull(name) ?? throw Odd(name);

    /// <summary>A text that may be <c>null</c>, as of a pull request without a description.</summary>
    public static string? TextOrNull(this JsonElement answer, string name) =>
        answer.Part(name) switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Null } => null,
            _ => throw Odd(name),
        };

    public static long Number(this JsonElement answer, string name) =>
        answer.Part(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value)
            ? value
            : throw Odd(name);

    public static bool Flag(this JsonElement answer, string name) =>
        answer.Part(name).ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Odd(name),
        };

    public static DateTimeOffset Moment(this JsonElement answer, string name) =>
        answer.Part(name) is { ValueKind: JsonValueKind.String } text && text.TryGetDateTimeOffset(out var at)
            ? at
            : throw Odd(name);

    public static CommitSha Commit(this JsonElement answer, string name) =>
        CommitSha.TryParse(answer.Text(name)) ?? throw Odd(name);

    /// <summary>The id of a tree or a blob.</summary>
    public static string ObjectId(this JsonElement answer, string name) => answer.Commit(name).Value;

    /// <summary>Bytes that are sent as base64, in which GitHub breaks lines.</summary>
    public static byte[] Bytes(this JsonElement answer, string name)
    {
        var text = answer.Text(name);
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : throw Odd(name);
    }

    public static Uri Address(this JsonElement answer, string name) =>
        Uri.TryCreate(answer.Text(name), UriKind.Absolute, out var address) ? address : throw Odd(name);

    public static IEnumerable<JsonElement> Each(this JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Array ? answer.EnumerateArray() : throw Odd("a list");

    /// <summary>The fault that something is missing, or something else.</summary>
    public static GitHubException Odd(string missing) =>
        new(
            status: null,
            ReleaseCodes.GitHubUnavailable,
            $"GitHub's answer is not what was asked for: {missing} is missing, or something else.",
            isPassing: true
        );
}
