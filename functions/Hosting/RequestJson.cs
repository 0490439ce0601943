using System.Text.Json;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>
/// Reads JSON from outside. <see cref="JsonDocument"/> lets texts pass that are no Unicode (bytes that are not UTF-8, half
/// a surrogate pair) and throws when somebody reads them; here they are refused at once, like any other fault of form.
/// </summary>
internal static class RequestJson
{
    /// <exception cref="JsonException">
    /// It is not JSON, nested more deeply than that, or a text in it is no Unicode. The exception says where.
    /// </exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, int maxDepth)
    {
        var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = maxDepth });
        try
        {
            CheckTexts(json.Span, maxDepth);
            return document;
        }
        catch (JsonException)
        {
            document.Dispose();
            throw;
        }
    }

    /// <summary>Where a fault of form is, for whoever sent it.</summary>
    public static string Describe(JsonException fault) =>
        $"Not JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.";

    private static void CheckTexts(ReadOnlySpan<byte> json, int maxDepth)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            {
                continue;
            }

            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException fault)
            {
                var before = json[..(int)reader.TokenStartIndex];
                throw new JsonException(
                    "A text is no Unicode.",
                    path: null,
                    lineNumber: before.Count((byte)'\n'),
                    bytePositionInLine: before.Length - (before.LastIndexOf((byte)'\n') + 1),
                    fault
                );
            }
        }
    }
}
