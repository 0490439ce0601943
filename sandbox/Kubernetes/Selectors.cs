using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>Which objects of a kind a list or a watch is about.</summary>
internal sealed partial class Selector
{
    /// <summary>Beside <c>metadata.name</c> and <c>metadata.namespace</c>, which every kind has.</summary>
    private static readonly Dictionary<string, string[]> SelectableFields = new(StringComparer.Ordinal)
    {
        ["Pod"] = ["spec.nodeName", "spec.restartPolicy", "status.phase", "status.podIP"],
        ["Event"] =
        [
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "reason",
            "type",
        ],
        ["Namespace"] = ["status.phase"],
        ["ReplicaSet"] = ["status.replicas"],
    };

    private readonly List<Func<StoredObject, bool>> conditions = [];

    /// <summary>Whether it leaves nothing out.</summary>
    public bool IsEmpty => conditions.Count == 0;

    public bool Matches(StoredObject stored) => conditions.TrueForAll(condition => condition(stored));

    /// <exception cref="ApiException">400: it cannot be understood, or the kind has no such field.</exception>
    public static Selector Parse(ResourceType type, string? labels, string? fields)
    {
        var selector = new Selector();
        foreach (Match part in Parts().Matches(labels ?? ""))
        {
            selector.conditions.Add(Label(part.Value.Trim()));
        }

        foreach (var part in (fields ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            selector.conditions.Add(Field(type, part.Trim(), fields!));
        }

        return selector;
    }

    private static Func<StoredObject, bool> Label(string text)
    {
        if (Requirement().Match(text) is not { Success: true } parsed)
        {
            throw ApiErrors.BadRequest($"unable to parse requirement: found '{text}'");
        }

        var key = parsed.Groups["key"].Value;
        string[] values = parsed.Groups["values"].Success
            ? [.. parsed.Groups["values"].Value.Split(',').Select(value => value.Trim())]
            : [parsed.Groups["value"].Value];
        return parsed.Groups["op"].Value switch
        {
            "" when parsed.Groups["not"].Length > 0 => stored => !stored.Labels.ContainsKey(key),
            "" => stored => stored.Labels.ContainsKey(key),
            "!=" or "notin" => stored => !stored.Labels.TryGetValue(key, out var has) || !values.Contains(has),
            _ => stored => stored.Labels.TryGetValue(key, out var has) && values.Contains(has),
        };
    }

    private static Func<StoredObject, bool> Field(ResourceType type, string text, string whole)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
        {
            throw ApiErrors.BadRequest($"invalid selector: '{text}'; can't understand '{text}'");
        }

        var negated = text[at - 1] == '!';
        var path = text[..(negated ? at - 1 : at)];
        var value = text[(at + 1)..].TrimStart('=');
        Func<StoredObject, string> read = path switch
        {
            "metadata.name" => stored => stored.Name,
            "metadata.namespace" => stored => stored.Namespace,
            _ when SelectableFields.GetValueOrDefault(type.Kind)?.Contains(path) == true => stored =>
                Read(stored, path),
            _ => throw ApiErrors.BadRequest(
                $"Unable to find \"{type.ApiVersion}, Resource={type.Plural}\" that match label selector \"\", "
                    + $"field selector \"{whole}\": field label not supported: {path}"
            ),
        };
        return stored => string.Equals(read(stored), value, StringComparison.Ordinal) != negated;
    }

    private static string Read(StoredObject stored, string path)
    {
        JsonNode? node = stored.ToNode();
        foreach (var segment in path.Split('.'))
        {
            node = (node as JsonObject)?[segment];
        }

        return node?.ToString() ?? "";
    }

    [GeneratedRegex(@"[^,(]+(\([^)]*\))?")]
    private static partial Regex Parts();

    [GeneratedRegex(
        @"^(?<not>!)?\s*(?<key>[A-Za-z0-9./_-]+)\s*((?<op>==|=|!=)\s*(?<value>[A-Za-z0-9._-]*)|(?<op>in|notin)\s*\((?<values>[^)]*)\))?$"
    )]
    private static partial Regex Requirement();
}
