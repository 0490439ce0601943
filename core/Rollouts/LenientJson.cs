using System.Globalization;
using System.Text.Json;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>Lenient reading: what is missing or of another type is empty.</summary>
internal static class LenientJson
{
    private const double LargestWhole = 1L << 53;

    public static JsonElement Get(this JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) ? value : default;

    public static string Text(this JsonElement item, string name) => item.TextOrNull(name) ?? "";

    /// <summary>A text. A number is one too: a hash of digits loses its quotes in YAML that somebody edited.</summary>
    public static string? TextOrNull(this JsonElement item, string name) =>
        item.Get(name) is var value && value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.ValueKind == JsonValueKind.Number ? value.GetRawText()
        : null;

    /// <summary>A whole number, also where it is written as a string.</summary>
    public static long? Number(this JsonElement item, string name)
    {
        var value = item.Get(name);
        return value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt64(out var number) => number,
            JsonValueKind.Number when value.TryGetDouble(out var number) && Math.Abs(number) <= LargestWhole =>
                (long)number,
            JsonValueKind.String when long.TryParse(value.GetString(), CultureInfo.InvariantCulture, out var number) =>
                number,
            _ => null,
        };
    }

    /// <summary>How many: a whole number that is not negative and fits.</summary>
    public static int? Count(this JsonElement item, string name) =>
        item.Number(name) is { } number ? (int)Math.Clamp(number, 0, int.MaxValue) : null;

    public static bool? Flag(this JsonElement item, string name) =>
        item.Get(name).ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    public static DateTimeOffset? Time(this JsonElement item, string name) =>
        DateTimeOffset.TryParse(
            item.Text(name),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;

    public static IEnumerable<JsonElement> Items(this JsonElement item, string name) =>
        item.Get(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
}
