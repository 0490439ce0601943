using System.Globalization;
using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>
/// Reads the fields of a request as GitHub's checker does: everything that is wrong is collected and refused at once, with
/// status 422 and in its words.
/// </summary>
internal sealed class Fields(JsonElement body)
{
    private readonly List<string> problems = [];

    /// <summary>Whether there is such a field, be it null.</summary>
    public bool Has(string name) => body.TryGetProperty(name, out _);

    /// <summary>A text; null where it is not there, or wrong.</summary>
    /// <param name="name">Of the field.</param>
    /// <param name="isNeeded">Whether it has to be there.</param>
    /// <param name="most">Most characters.</param>
    /// <param name="oneOf">The values that there are.</param>
    public string? Text(string name, bool isNeeded = false, int most = int.MaxValue, params string[] oneOf)
    {
        if (!body.TryGetProperty(name, out var value))
        {
            return isNeeded ? Wrong<string>($"\"{name}\" wasn't supplied.") : null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return Wrong<string>($"For 'properties/{name}', {Shown(value)} is not a string.");
        }

        var text = value.GetString()!;
        // Characters, not the halves of them that .NET counts.
        var length = text.EnumerateRunes().Count();
        return length > most ? Wrong<string>($"Only {most} characters are allowed; {length} were supplied.")
            : oneOf.Length > 0 && !oneOf.Contains(text)
                ? Wrong<string>(
                    $"{text} is not a member of [{string.Join(", ", oneOf.Select(known => $"\"{known}\""))}]."
                )
            : text;
    }

    public DateTimeOffset? Time(string name) =>
        Text(name) is not { } text ? null
        : DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var at
        ) && text.Contains('T', StringComparison.Ordinal)
            ? at
        : Wrong<DateTimeOffset?>($"For 'properties/{name}', {text} is not a valid date-time.");

    public bool Flag(string name, bool otherwise) =>
        !body.TryGetProperty(name, out var value) ? otherwise
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : Wrong<bool>($"For 'properties/{name}', {Shown(value)} is not a boolean.");

    /// <summary>An object; null where it is not there, or wrong.</summary>
    public Fields? Object(string name)
    {
        if (!body.TryGetProperty(name, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Object
            ? Inner(value)
            : Wrong<Fields>($"For 'properties/{name}', {Shown(value)} is not an object.");
    }

    /// <summary>The objects of a list; null where it is not there, or wrong.</summary>
    public IReadOnlyList<Fields>? Objects(string name, int most)
    {
        if (!body.TryGetProperty(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return Wrong<IReadOnlyList<Fields>>($"For 'properties/{name}', {Shown(value)} is not an array.");
        }

        var items = value.EnumerateArray().ToList();
        if (items.Count > most)
        {
            return Wrong<IReadOnlyList<Fields>>($"No more than {most} items are allowed; {items.Count} were supplied.");
        }

        return
            items.Find(item => item.ValueKind != JsonValueKind.Object) is { ValueKind: not JsonValueKind.Undefined } odd
            ? Wrong<IReadOnlyList<Fields>>($"For 'items', {Shown(odd)} is not an object.")
            : [.. items.Select(Inner)];
    }

    /// <summary>The texts of a list; null where it is not there, or wrong.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (!body.TryGetProperty(name, out var value))
        {
            return null;
        }

        return
            value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : Wrong<IReadOnlyList<string>>($"For 'properties/{name}', {Shown(value)} is not an array of strings.");
    }

    /// <summary>Adds a problem that spans fields.</summary>
    public void Refuse(string problem) => problems.Add(problem);

    /// <exception cref="GitHubRefusalException">Something was wrong.</exception>
    public void Check()
    {
        if (problems.Count > 0)
        {
            throw GitHubRefusalException.Invalid("Invalid request.\n\n" + string.Join("\n", problems));
        }
    }

    // What is wrong inside is told with the rest.
    private Fields Inner(JsonElement value) => new(value, problems);

    private Fields(JsonElement body, List<string> problems)
        : this(body) => this.problems = problems;

    private T? Wrong<T>(string problem)
    {
        problems.Add(problem);
        return default;
    }

    private static string Shown(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null ? "nil" : value.GetRawText();
}
