using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>
/// Collects what is wrong with a JSON value, each fault with its JSON pointer and in the words that Slack uses, so that a
/// developer recognises them: <c>must be more than 0 characters [json-pointer:/blocks/0/text/text]</c>.
/// </summary>
internal sealed class BlockKitChecker
{
    private readonly List<string> faults = [];

    public IReadOnlyList<string> Faults => faults;

    public void Fail(string path, string message) => faults.Add($"{message} [json-pointer:{path}]");

    /// <summary>Checks that the value is an object with no keys but the allowed ones.</summary>
    public bool Object(JsonElement value, string path, params ReadOnlySpan<string> allowed)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Fail(path, "must be an object");
            return false;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (!seen.Add(property.Name))
            {
                Fail(path, $"duplicate property: {property.Name}");
            }
            else if (!allowed.Contains(property.Name))
            {
                Fail(path, $"invalid additional property: {property.Name}");
            }
        }

        return true;
    }

    /// <summary>Reads a string member within its length limits, counted in UTF-16 units: the stricter way to count.</summary>
    public string? String(JsonElement owner, string path, string key, int max, bool required = false, int min = 1)
    {
        if (!owner.TryGetProperty(key, out var value))
        {
            if (required)
            {
                Fail(path, $"missing required field: {key}");
            }

            return null;
        }

        var at = $"{path}/{key}";
        if (value.ValueKind != JsonValueKind.String)
        {
            Fail(at, "must be a string");
            return null;
        }

        var text = value.GetString()!;
        if (text.Length < min)
        {
            Fail(at, $"must be more than {min - 1} characters");
        }
        else if (text.Length > max)
        {
            Fail(at, $"must be less than {max + 1} characters");
        }

        return text;
    }

    /// <summary>Checks a string member that must be one of a few words.</summary>
    public void OneOf(JsonElement owner, string path, string key, params ReadOnlySpan<string> allowed)
    {
        if (String(owner, path, key, 255) is { } value && !allowed.Contains(value))
        {
            Fail($"{path}/{key}", $"must be one of: {string.Join(", ", allowed)}");
        }
    }

    /// <summary>Checks that a member, when there, is true or false.</summary>
    public void Flag(JsonElement owner, string path, string key)
    {
        if (
            owner.TryGetProperty(key, out var value)
            && value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)
        )
        {
            Fail($"{path}/{key}", "must be a boolean");
        }
    }

    /// <summary>Checks an http(s) address member.</summary>
    public void Url(JsonElement owner, string path, string key, bool required = false)
    {
        if (String(owner, path, key, 3000, required) is not { } text)
        {
            return;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            Fail($"{path}/{key}", "must be a valid URL");
        }
    }

    /// <summary>Reads an array member within its size limits; <see langword="null"/> when absent or not an array.</summary>
    public JsonElement? Array(JsonElement owner, string path, string key, int max, int min = 1, bool required = false)
    {
        if (!owner.TryGetProperty(key, out var value))
        {
            if (required)
            {
                Fail(path, $"missing required field: {key}");
            }

            return null;
        }

        return Items(value, $"{path}/{key}", max, min) ? value : null;
    }

    /// <summary>Checks that a value is an array within its size limits.</summary>
    public bool Items(JsonElement value, string path, int max, int min = 1)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            Fail(path, "must be an array");
            return false;
        }

        var count = value.GetArrayLength();
        if (count < min)
        {
            Fail(path, $"no fewer than {min} items allowed");
        }
        else if (count > max)
        {
            Fail(path, $"no more than {max} items allowed");
        }

        return true;
    }

    /// <summary>Checks a text object member. See https://docs.slack.dev/reference/block-kit/composition-objects/text-object.</summary>
    public void Text(JsonElement owner, string path, string key, int max, bool plainOnly = false, bool required = false)
    {
        if (owner.TryGetProperty(key, out var value))
        {
            TextObject(value, $"{path}/{key}", max, plainOnly);
        }
        else if (required)
        {
            Fail(path, $"missing required field: {key}");
        }
    }

    /// <summary>Checks a text object.</summary>
    public void TextObject(JsonElement value, string path, int max, bool plainOnly = false)
    {
        var type = TypeOf(value, path);
        if (type is null)
        {
            return;
        }

        if (type == "plain_text")
        {
            Object(value, path, "type", "text", "emoji");
            Flag(value, path, "emoji");
        }
        else if (type == "mrkdwn" && !plainOnly)
        {
            Object(value, path, "type", "text", "verbatim");
            Flag(value, path, "verbatim");
        }
        else
        {
            Fail($"{path}/type", $"unsupported type: {type}");
            return;
        }

        String(value, path, "text", max, required: true);
    }

    /// <summary>Reads the <c>type</c> of an object, or says what is wrong with it.</summary>
    public string? TypeOf(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Fail(path, "must be an object");
            return null;
        }

        return String(value, path, "type", 255, required: true);
    }
}
