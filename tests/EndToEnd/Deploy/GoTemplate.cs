using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

/// <summary>
/// The part of Go's text/template that our notification templates use: text, <c>{{ toJson .a.b }}</c> and
/// <c>{{ .a.b | toJson }}</c>. Anything else is refused, so that no template can pass a test by being misread.
/// </summary>
/// <remarks>
/// Nil as in Go: a key that a map lacks gives nothing, and so does every field below it; a field of an explicit null, of
/// a text or of a list stops the rendering. <c>toJson</c> (sprig) makes <c>null</c> of nothing, and escapes as
/// encoding/json does (&lt;, &gt; and &amp; as \u003c and so on), but for the case of the digits.
/// </remarks>
internal static partial class GoTemplate
{
    private static readonly JsonSerializerOptions GoJson = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    /// <summary>Renders a template.</summary>
    /// <param name="template">The template's text.</param>
    /// <param name="variables">What the dot is: an object with <c>rollout</c> or <c>app</c>.</param>
    /// <exception cref="GoTemplateException">An unknown construct, or a value that Go could not evaluate.</exception>
    public static string Render(string template, JsonObject variables)
    {
        var result = new StringBuilder();
        var at = 0;
        while (template.IndexOf("{{", at, StringComparison.Ordinal) is var open and >= 0)
        {
            var close = template.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
            {
                throw new GoTemplateException($"unclosed action at {open}");
            }

            result.Append(template, at, open - at).Append(Evaluate(template[(open + 2)..close], variables));
            at = close + 2;
        }

        return result.Append(template, at, template.Length - at).ToString();
    }

    private static string Evaluate(string action, JsonObject variables)
    {
        var match = ToJsonAction().Match(action);
        if (!match.Success)
        {
            throw new GoTemplateException($"unknown action {{{{{action}}}}}");
        }

        var path = match.Groups["path"].Value[1..].Split('.');
        return Lookup(path, variables)?.ToJsonString(GoJson) ?? "null";
    }

    private static JsonNode? Lookup(string[] path, JsonObject variables)
    {
        JsonNode? value = variables;
        foreach (var field in path)
        {
            switch (value)
            {
                case JsonObject map when map.TryGetPropertyValue(field, out var found):
                    value = found;
                    break;
                case JsonObject:
                    return null;
                default:
                    throw new GoTemplateException($"can't evaluate field {field} in {value?.GetValueKind()}");
            }
        }

        return value;
    }

    [GeneratedRegex(@"\A\s*(?:toJson\s+(?<path>(?:\.[A-Za-z_]\w*)+)|(?<path>(?:\.[A-Za-z_]\w*)+)\s*\|\s*toJson)\s*\z")]
    private static partial Regex ToJsonAction();
}

/// <summary>A template that the controller would not render, or that the renderer of the tests does not know.</summary>
internal sealed class GoTemplateException(string message) : Exception(message);
