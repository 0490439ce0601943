using System.Text.Json;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Functions.Hosting;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>The optional body of promote, rollback, retry and resume.</summary>
internal static class ActionBody
{
    private const int LongestReason = 500;
    private const int DepthLimit = 4;

    /// <summary>The wish, or one sentence that names what is wrong.</summary>
    public static (Wish? Wish, string Problem) Parse(string verb, byte[] json)
    {
        try
        {
            using var document = json.Length == 0 ? null : RequestJson.Parse(json, DepthLimit);
            if (document is { RootElement.ValueKind: not JsonValueKind.Object })
            {
                return (null, "Expected an object.");
            }

            var (full, reason, overridden) = (false, "", (string?)null);
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var property in document?.RootElement.EnumerateObject() ?? default)
            {
                if (!seen.Add(property.Name))
                {
                    return (null, $"“{Core.Messages.Plain.OneLine(property.Name, 60)}” is there twice.");
                }

                switch (property.Name, property.Value.ValueKind)
                {
                    case ("full", JsonValueKind.True or JsonValueKind.False) when verb == "promote":
                        full = property.Value.GetBoolean();
                        break;
                    case ("overrideReason", JsonValueKind.String) when verb == "promote":
                        overridden = Core.Messages.Plain.OneLine(property.Value.GetString()!, LongestReason);
                        break;
                    case ("reason", JsonValueKind.String) when verb is "rollback" or "agree":
                        reason = property.Value.GetString()!;
                        break;
                    default:
                        return (
                            null,
                            $"“{Core.Messages.Plain.OneLine(property.Name, 60)}” is no field of {verb}, or not of its type."
                        );
                }
            }

            return (
                verb switch
                {
                    "promote" => new Wish.Promote(full, string.IsNullOrWhiteSpace(overridden) ? null : overridden),
                    "rollback" => new Wish.RollBack(Core.Messages.Plain.OneLine(reason, LongestReason)),
                    "agree" => new Wish.MakeGitAgree(Core.Messages.Plain.OneLine(reason, LongestReason)),
                    "resume" => new Wish.Resume(),
                    _ => new Wish.Retry(),
                },
                ""
            );
        }
        catch (JsonException fault)
        {
            return (null, RequestJson.Describe(fault));
        }
    }
}
