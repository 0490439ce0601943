using System.Globalization;
using System.Text.Json;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Messages.Slack;

/// <summary>The buttons of a card: their action ids, and what they carry of the state that they were drawn from.</summary>
public static class CardActions
{
    public const string Promote = "devflow_promote";
    public const string RollBack = "devflow_rollback";
    public const string Retry = "devflow_retry";
    public const string MakeGitAgree = "devflow_agree";

    /// <summary>A button that opens a page: Slack tells of the click, and nothing is to be done about it.</summary>
    public const string OpenLink = "devflow_open";

    /// <summary>
    /// The value of a button: Job, attempt, pod hash, for a rollback the path that its confirmation names, and since when the
    /// pause has lasted that it shows.
    /// </summary>
    public static string ValueOf(Job job, RollbackPath? path = null) =>
        JsonSerializer.Serialize(
            new string?[]
            {
                job.Id.ToString(),
                job.Release?.Attempt.ToString(CultureInfo.InvariantCulture) ?? "0",
                job.Release?.Hash.ToString() ?? "",
                path?.ToString(),
                job.Release?.PauseStart?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            }
        );

    /// <summary>
    /// Reads what <see cref="ValueOf"/> wrote; <c>null</c> for anything else. Cards that were drawn before it wrote the pause
    /// are in the channels still: theirs is not asked for.
    /// </summary>
    public static (Sight Sight, RollbackPath? Path)? Read(string? value)
    {
        try
        {
            return
                value is { Length: < 500 }
                && JsonSerializer.Deserialize<string?[]>(value)
                    is [var id, var attempt, var hash, var path, .. var rest]
                && PauseOf(rest) is (true, var pause)
                && JobId.TryParse(id) is { } job
                && int.TryParse(attempt, CultureInfo.InvariantCulture, out var number)
                ? (
                    new Sight(job, number, new PodHash(hash), FromButton: true) { Pause = pause },
                    Enum.TryParse<RollbackPath>(path, out var parsed) ? parsed : null
                )
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static (bool IsReadable, DateTimeOffset? Pause) PauseOf(string?[] rest) =>
        rest switch
        {
            [] or [null] => (true, null),
            [{ } text]
                when DateTimeOffset.TryParseExact(
                    text,
                    "O",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out var pause
                ) => (true, pause),
            _ => (false, null),
        };
}
