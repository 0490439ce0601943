using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>
/// The arguments of one call, read from the query, a form or JSON as the method allows.
/// See https://docs.slack.dev/apis/web-api/#post_bodies.
/// </summary>
internal sealed class SlackArguments
{
    private readonly Dictionary<string, JsonElement> values = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, JsonElement> All => values;

    /// <summary>JSON without a charset is accepted with this warning.</summary>
    public bool IsMissingCharset { get; private set; }

    /// <summary>Why the body could not be read; the error code to answer.</summary>
    public string? Fault { get; private set; }

    public static async Task<SlackArguments> ReadAsync(
        HttpRequest request,
        bool acceptsJson,
        CancellationToken cancellation
    )
    {
        var read = new SlackArguments();
        foreach (var (key, value) in request.Query)
        {
            read.Add(key, JsonSerializer.SerializeToElement(value.ToString()));
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            return read;
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellation);
        read.Fault = read.ReadBody(request.ContentType, body.ToArray(), acceptsJson);
        return read;
    }

    /// <summary>Reads a JSON object that is not a request: an app's answer to a command.</summary>
    /// <exception cref="SlackRefusal">It is no JSON object.</exception>
    public static SlackArguments FromJson(string json)
    {
        var read = new SlackArguments();
        return read.ReadJson(Encoding.UTF8.GetBytes(json)) is { } fault ? throw new SlackRefusal(fault) : read;
    }

    /// <summary>A required string.</summary>
    public string Required(string name) =>
        Text(name) is { Length: > 0 } value
            ? value
            : throw new SlackRefusal(SlackReply.InvalidArguments($"missing required field: {name}"));

    /// <summary>An optional string; numbers are read as their text, as forms would send them.</summary>
    public string? Text(string name)
    {
        if (!values.TryGetValue(name, out var value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.Null => null,
            _ => throw new SlackRefusal(SlackReply.InvalidArguments($"must be a string [json-pointer:/{name}]")),
        };
    }

    /// <summary>An optional flag; <c>true</c>, <c>1</c>, <c>false</c> and <c>0</c> are understood.</summary>
    public bool Flag(string name)
    {
        if (!values.TryGetValue(name, out var value))
        {
            return false;
        }

        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False or JsonValueKind.Null => false,
            JsonValueKind.String when value.GetString() is "true" or "1" => true,
            JsonValueKind.String when value.GetString() is "false" or "0" or "" => false,
            JsonValueKind.Number when value.GetRawText() is "1" => true,
            JsonValueKind.Number when value.GetRawText() is "0" => false,
            _ => throw new SlackRefusal(SlackReply.InvalidArguments($"must be a boolean [json-pointer:/{name}]")),
        };
    }

    /// <summary>An optional page size.</summary>
    public int Limit(int otherwise, int max)
    {
        if (Text("limit") is not { } text)
        {
            return otherwise;
        }

        return
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            && limit >= 1
            && limit <= max
            ? limit
            : throw new SlackRefusal("invalid_limit");
    }

    /// <summary>An optional structure; inside a form it is JSON text.</summary>
    /// <param name="name">Argument.</param>
    /// <param name="fault">Error code when it is not JSON.</param>
    public JsonElement? Structure(string name, string fault)
    {
        if (!values.TryGetValue(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return value;
        }

        try
        {
            using var parsed = JsonDocument.Parse(value.GetString()!);
            return parsed.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new SlackRefusal(fault);
        }
    }

    private string? ReadBody(string? contentType, byte[] body, bool acceptsJson)
    {
        if (contentType is null)
        {
            return body.Length == 0 ? null : "missing_post_type";
        }

        var parts = contentType.Split(';', StringSplitOptions.TrimEntries);
        var charset = parts.Skip(1).FirstOrDefault(p => p.StartsWith("charset=", StringComparison.OrdinalIgnoreCase));
        if (charset is not null && !charset[8..].Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return "invalid_charset";
        }

        switch (parts[0].ToLowerInvariant())
        {
            case "application/x-www-form-urlencoded":
                foreach (var (key, value) in QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)))
                {
                    Add(key, JsonSerializer.SerializeToElement(value.ToString()));
                }

                return null;
            case "application/json" when acceptsJson:
                IsMissingCharset = charset is null;
                return ReadJson(body);
            case "application/json":
                // These methods do not look into a JSON body at all, so the arguments are simply missing.
                return null;
            default:
                return "invalid_post_type";
        }
    }

    private string? ReadJson(byte[] body)
    {
        try
        {
            using var parsed = JsonDocument.Parse(body);
            if (parsed.RootElement.ValueKind != JsonValueKind.Object)
            {
                return "json_not_object";
            }

            foreach (var property in parsed.RootElement.EnumerateObject())
            {
                Add(property.Name, property.Value.Clone());
            }

            return null;
        }
        catch (JsonException)
        {
            return "invalid_json";
        }
    }

    private void Add(string key, JsonElement value)
    {
        // A token belongs into the Authorization header; it must not end up in the request log.
        if (key != "token")
        {
            values[key] = value;
        }
    }
}
