using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MongoDB.Bson;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

/// <summary>
/// JSON as documents of the same shape, so that whoever looks into the database can read and query them. MongoDB's own
/// extended JSON would read some members as types of its own; here every value stays what it was.
/// </summary>
internal static class BsonJson
{
    // Before version 5, and in some compatible services still, names must not begin with '$': a look-alike stands for it.
    private const char Dollar = '$';
    private const char StoredDollar = '\uFF04';

    // Documents are never put into HTML.
    private static readonly JsonWriterOptions writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="JsonException">It is not JSON.</exception>
    public static BsonDocument Parse(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        return ReadObject(ref reader);
    }

    public static string Write(BsonDocument document)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, writing))
        {
            WriteValue(writer, document);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static BsonDocument ReadObject(ref Utf8JsonReader reader)
    {
        var document = new BsonDocument();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            document.Add(name.StartsWith(Dollar) ? StoredDollar + name[1..] : name, ReadValue(ref reader));
        }

        return document;
    }

    private static BsonValue ReadValue(ref Utf8JsonReader reader) =>
        reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(ref reader),
            JsonTokenType.StartArray => ReadArray(ref reader),
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.True => BsonBoolean.True,
            JsonTokenType.False => BsonBoolean.False,
            JsonTokenType.Null => BsonNull.Value,
            JsonTokenType.Number when reader.TryGetInt32(out var number) => number,
            JsonTokenType.Number when reader.TryGetInt64(out var number) => number,
            JsonTokenType.Number => reader.GetDouble(),
            var other => throw new JsonException($"{other} is no value."),
        };

    private static BsonArray ReadArray(ref Utf8JsonReader reader)
    {
        var array = new BsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            array.Add(ReadValue(ref reader));
        }

        return array;
    }

    private static void WriteValue(Utf8JsonWriter writer, BsonValue value)
    {
        switch (value)
        {
            case BsonDocument document:
                writer.WriteStartObject();
                foreach (var element in document)
                {
                    var name = element.Name;
                    writer.WritePropertyName(name.StartsWith(StoredDollar) ? Dollar + name[1..] : name);
                    WriteValue(writer, element.Value);
                }

                writer.WriteEndObject();
                break;

            case BsonArray array:
                writer.WriteStartArray();
                foreach (var item in array)
                {
                    WriteValue(writer, item);
                }

                writer.WriteEndArray();
                break;

            case BsonString text:
                writer.WriteStringValue(text.Value);
                break;
            case BsonBoolean flag:
                writer.WriteBooleanValue(flag.Value);
                break;
            case BsonInt32 number:
                writer.WriteNumberValue(number.Value);
                break;
            case BsonInt64 number:
                writer.WriteNumberValue(number.Value);
                break;
            case BsonDouble number:
                writer.WriteNumberValue(number.Value);
                break;
            case BsonNull:
                writer.WriteNullValue();
                break;
            default:
                // Somebody else wrote it; the reader of the document says what is wrong with it.
                writer.WriteStringValue(value.ToString());
                break;
        }
    }
}
