using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Devflow.ChatOps.Functions.Explain;

/// <summary>
/// Reads YAML documents one by one; a document ends at a line <c>---</c> or <c>...</c>, or at the end of the input.
/// Aliases are refused: no printed object has them, and they can make a small text huge.
/// </summary>
internal static class YamlDocuments
{
    private const int LargestDocument = 64 * 1024 * 1024;
    private const int Deepest = 256;

    public static async IAsyncEnumerable<InputValue> ReadAsync(
        Stream input,
        Place place,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var reader = new StreamReader(input, Encoding.UTF8);
        // White space before the first character was skipped; indentation must stay what it was.
        var text = new StringBuilder(new string(' ', (int)(place.Column - 1)));
        var begin = place.Line;
        var line = place.Line;
        while (await reader.ReadLineAsync(cancellationToken) is { } next)
        {
            if (text.Length > LargestDocument)
            {
                throw new MalformedInputException(begin, 1, "a document larger than 64 MB");
            }

            if (IsMarker(next) && text.Length > 0)
            {
                if (Parse(text.ToString(), begin) is { } value)
                {
                    yield return value;
                }

                text.Clear();
                begin = line;
            }

            text.Append(next).Append('\n');
            line++;
        }

        if (Parse(text.ToString(), begin) is { } last)
        {
            yield return last;
        }
    }

    private static bool IsMarker(string line) =>
        line is "---" or "..." || line.StartsWith("--- ", StringComparison.Ordinal);

    private static InputValue? Parse(string text, long begin)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            return Parse(parser, begin);
        }
        catch (YamlException fault)
        {
            var place = fault.End.Line > fault.Start.Line ? fault.End : fault.Start;
            throw At(place, begin, fault.InnerException?.Message ?? fault.Message);
        }
        catch (InvalidOperationException)
        {
            // What YamlDotNet's scanner throws where a plain text in brackets runs into the next key.
            throw At(parser.Current?.End ?? Mark.Empty, begin, "an unfinished value");
        }
    }

    private static InputValue? Parse(Parser parser, long begin)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _) || parser.Accept<DocumentEnd>(out _))
        {
            return null;
        }

        if (parser.TryConsume<Scalar>(out var only))
        {
            return only.Value.Length == 0 || JsonOf(only) is "null"
                ? null
                : throw At(only.Start, begin, "an object was expected");
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(parser, json, begin, depth: 1);
        }

        return new InputValue(JsonDocument.Parse(buffer.ToArray(), new() { MaxDepth = Deepest + 1 }), new(begin, 1));
    }

    private static void Write(Parser parser, Utf8JsonWriter json, long begin, int depth)
    {
        if (depth > Deepest)
        {
            throw At(parser.Current!.Start, begin, "nested too deeply");
        }

        switch (parser.Current)
        {
            case Scalar scalar:
                parser.MoveNext();
                json.WriteRawValue(JsonOf(scalar));
                break;
            case SequenceStart:
                parser.MoveNext();
                json.WriteStartArray();
                while (!parser.TryConsume<SequenceEnd>(out _))
                {
                    Write(parser, json, begin, depth + 1);
                }

                json.WriteEndArray();
                break;
            case MappingStart:
                parser.MoveNext();
                json.WriteStartObject();
                while (!parser.TryConsume<MappingEnd>(out _))
                {
                    var key = parser.TryConsume<Scalar>(out var name)
                        ? name.Value
                        : throw At(parser.Current!.Start, begin, "a key that is not a plain text");
                    json.WritePropertyName(key);
                    Write(parser, json, begin, depth + 1);
                }

                json.WriteEndObject();
                break;
            case AnchorAlias alias:
                throw At(alias.Start, begin, "aliases are not read");
            default:
                throw At(parser.Current!.Start, begin, "an object was expected");
        }
    }

    /// <summary>The scalar as JSON, by the rules of YAML's core schema.</summary>
    private static string JsonOf(Scalar scalar)
    {
        var text = scalar.Value;
        var isPlain = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty;
        return !isPlain ? JsonSerializer.Serialize(text)
            : text is "" or "~" or "null" or "Null" or "NULL" ? "null"
            : text is "true" or "True" or "TRUE" ? "true"
            : text is "false" or "False" or "FALSE" ? "false"
            // What a number would be written as otherwise stays text: a hash may begin with a zero.
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number.ToString(CultureInfo.InvariantCulture) == text
                ? text
            : JsonSerializer.Serialize(text);
    }

    private static MalformedInputException At(Mark mark, long begin, string reason) =>
        new(begin + mark.Line - 1, mark.Column, reason);
}
