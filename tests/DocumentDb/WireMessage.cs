using System.Buffers.Binary;
using System.Text;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Serializers;

namespace Devflow.ChatOps.Tests.DocumentDb;

/// <summary>
/// A request of MongoDB's wire protocol, its document sequences folded into its body, and the way to answer it.
/// https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
/// </summary>
/// <param name="IsLegacy">It came as OP_QUERY, with which drivers greet a server that they do not know yet.</param>
internal sealed record WireMessage(int Id, bool IsLegacy, bool WantsAnswer, BsonDocument Body)
{
    private const int HeaderLength = 16;
    private const int LongestMessage = 64 * 1024 * 1024;
    private const int Reply = 1;
    private const int Query = 2004;
    private const int Message = 2013;

    /// <summary>The next request; <c>null</c> when the client has gone.</summary>
    public static async Task<WireMessage?> ReadAsync(Stream stream, CancellationToken stop)
    {
        if (await ReadBytesAsync(stream, stop) is not { } message)
        {
            return null;
        }

        var id = BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(4));
        return BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(12)) switch
        {
            Message => OfMessage(id, message[HeaderLength..]),
            Query => OfQuery(id, message[HeaderLength..]),
            var other => throw new InvalidDataException($"Operation {other} is not spoken here."),
        };
    }

    /// <summary>The next message as it is, its header included; <c>null</c> when the other side has gone.</summary>
    public static async Task<byte[]?> ReadBytesAsync(Stream stream, CancellationToken stop)
    {
        var header = new byte[HeaderLength];
        if (await stream.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, stop) < HeaderLength)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is < HeaderLength or > LongestMessage)
        {
            throw new InvalidDataException($"A message of {length} bytes.");
        }

        var message = new byte[length];
        header.CopyTo(message, 0);
        await stream.ReadExactlyAsync(message.AsMemory(HeaderLength), stop);
        return message;
    }

    /// <summary>The command of a message and its collection; <c>null</c> for what a driver asks on its own behalf.</summary>
    public static string? NameOf(byte[] message)
    {
        if (BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(12)) != Message)
        {
            return null;
        }

        var command = OfMessage(0, message[HeaderLength..]).Body.GetElement(0);
        return command.Name is "hello" or "isMaster" or "ping" or "saslStart" or "endSessions"
            ? null
            : $"{command.Name} {command.Value}";
    }

    public async Task AnswerAsync(Stream stream, BsonDocument body, CancellationToken stop)
    {
        var document = body.ToBson();
        // OP_REPLY: flags, cursor id, starting from, number returned. OP_MSG: flags, kind of section.
        var prefix = IsLegacy ? 20 : 5;
        var answer = new byte[HeaderLength + prefix + document.Length];
        BinaryPrimitives.WriteInt32LittleEndian(answer, answer.Length);
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(8), Id);
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(12), IsLegacy ? Reply : Message);
        if (IsLegacy)
        {
            BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(HeaderLength + 16), 1);
        }

        document.CopyTo(answer, HeaderLength + prefix);
        await stream.WriteAsync(answer, stop);
    }

    private static WireMessage OfQuery(int id, byte[] content)
    {
        var nameEnds = Array.IndexOf(content, (byte)0, 4);
        var (body, _) = DocumentAt(content, nameEnds + 1 + 8);
        var collection = Encoding.UTF8.GetString(content, 4, nameEnds - 4);
        body["$db"] = collection[..collection.IndexOf('.', StringComparison.Ordinal)];
        return new WireMessage(id, IsLegacy: true, WantsAnswer: true, body);
    }

    private static WireMessage OfMessage(int id, byte[] content)
    {
        const int ChecksumPresent = 1;
        const int MoreToCome = 2;
        var flags = BinaryPrimitives.ReadInt32LittleEndian(content);
        var end = content.Length - ((flags & ChecksumPresent) == 0 ? 0 : 4);
        var body = new BsonDocument();
        var sequences = new List<(string Name, BsonArray Documents)>();
        for (var at = 4; at < end; )
        {
            var kind = content[at++];
            if (kind == 0)
            {
                (body, at) = DocumentAt(content, at);
                continue;
            }

            var sectionEnds = at + BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(at));
            var nameEnds = Array.IndexOf(content, (byte)0, at + 4);
            var name = Encoding.UTF8.GetString(content, at + 4, nameEnds - at - 4);
            var documents = new BsonArray();
            for (at = nameEnds + 1; at < sectionEnds; )
            {
                (var document, at) = DocumentAt(content, at);
                documents.Add(document);
            }

            sequences.Add((name, documents));
        }

        foreach (var (name, documents) in sequences)
        {
            body[name] = documents;
        }

        return new WireMessage(id, IsLegacy: false, (flags & MoreToCome) == 0, body);
    }

    private static (BsonDocument Document, int Next) DocumentAt(byte[] content, int at)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(at));
        using var reader = new BsonBinaryReader(new MemoryStream(content, at, length, writable: false));
        var document = BsonDocumentSerializer.Instance.Deserialize(BsonDeserializationContext.CreateRoot(reader));
        return (document, at + length);
    }
}
