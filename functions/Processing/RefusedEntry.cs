using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// The audit of what was refused before it became a command: it names nothing that could be acted on. What was sent is
/// kept in a few words; the rate limits of the edge keep their number small.
/// </summary>
internal static class RefusedEntry
{
    /// <summary>The id under which it is appended; a second arrival is the same entry.</summary>
    public static string Id(string key) => $"{key}:refused";

    /// <param name="action">The slash command or the button.</param>
    /// <param name="sent">What was typed after it, or what the button carried.</param>
    /// <param name="from">The surface.</param>
    public static AuditEntry Of(
        DateTimeOffset at,
        Actor who,
        string action,
        string sent,
        Refusal refusal,
        string from = "slack"
    ) =>
        new(at, JobTexts.Who(who), from, Plain.OneLine(action, 60), refusal.Code)
        {
            Saw = Plain.OneLine(sent, 200),
            Reason = Plain.OneLine(RefusalTexts.Sentence(refusal), 300),
        };
}
