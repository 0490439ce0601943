using System.Globalization;
using System.Security.Cryptography;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>
/// Trigger ids: proof that a person just did something, good for one modal within three seconds.
/// See https://docs.slack.dev/interactivity/handling-user-interaction.
/// </summary>
internal sealed class SlackTriggers(TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(3);
    private readonly Lock gate = new();
    private readonly Dictionary<string, (string UserId, DateTimeOffset At, bool Used)> known = new(
        StringComparer.Ordinal
    );
    private long number = 398_738_663_015;

    public string Issue(string userId)
    {
        lock (gate)
        {
            var secret = RandomNumberGenerator.GetHexString(32, lowercase: true);
            var id = string.Create(CultureInfo.InvariantCulture, $"{++number}.47445629121.{secret}");
            known[id] = (userId, time.GetUtcNow(), Used: false);
            return id;
        }
    }

    /// <summary>Uses a trigger id up and names the person.</summary>
    /// <exception cref="SlackRefusal">It is unknown, used or too old.</exception>
    public string Exchange(string id)
    {
        lock (gate)
        {
            if (!known.TryGetValue(id, out var trigger))
            {
                throw new SlackRefusal("invalid_trigger_id");
            }

            if (trigger.Used)
            {
                throw new SlackRefusal("exchanged_trigger_id");
            }

            if (time.GetUtcNow() - trigger.At > Lifetime)
            {
                throw new SlackRefusal("expired_trigger_id");
            }

            known[id] = trigger with { Used = true };
            return trigger.UserId;
        }
    }
}
