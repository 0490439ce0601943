using System.Buffers.Binary;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Servers;

namespace Devflow.ChatOps.Tests.DocumentDb;

/// <summary>
/// Stands in front of the real server and answers as a test wants: in its place, so that nothing is carried out, or after
/// it. For what a server in order does not say: that it is no primary any more, that a majority did not confirm.
/// </summary>
public sealed class OddServer(TemporaryMongo database) : WireListener
{
    private const int Message = 2013;

    private readonly MongoServerAddress real = MongoUrl.Create(database.ConnectionString).Server;

    /// <summary>The database, through here.</summary>
    public string ConnectionString =>
        new MongoUrlBuilder(database.ConnectionString)
        {
            Server = new MongoServerAddress("127.0.0.1", Port),
            DirectConnection = true,
            ReplicaSetName = null,
            // One answer to each request, also to the monitor's.
            ServerMonitoringMode = ServerMonitoringMode.Poll,
        }.ToString();

    /// <summary>The answer to a request that is not carried out; <c>null</c>: the real server answers.</summary>
    public Func<BsonDocument, BsonDocument?> Instead { get; set; } = _ => null;

    /// <summary>What becomes of the real server's answer: request, answer, and what is answered.</summary>
    public Func<BsonDocument, BsonDocument, BsonDocument> Afterwards { get; set; } = (_, answer) => answer;

    /// <inheritdoc />
    protected override async Task ServeAsync(NetworkStream asking, CancellationToken ended)
    {
        using var server = new TcpClient { NoDelay = true };
        await server.ConnectAsync(real.Host, real.Port, ended);
        var answering = server.GetStream();
        while (await WireMessage.ReadBytesAsync(asking, ended) is { } request)
        {
            var parsed = (await WireMessage.ReadAsync(new MemoryStream(request), ended))!;
            if (!parsed.IsLegacy && Instead(parsed.Body) is { } instead)
            {
                await parsed.AnswerAsync(asking, instead, ended);
                continue;
            }

            await answering.WriteAsync(request, ended);
            if (await WireMessage.ReadBytesAsync(answering, ended) is not { } answer)
            {
                break;
            }

            if (parsed.IsLegacy || BinaryPrimitives.ReadInt32LittleEndian(answer.AsSpan(12)) != Message)
            {
                await asking.WriteAsync(answer, ended);
                continue;
            }

            var said = (await WireMessage.ReadAsync(new MemoryStream(answer), ended))!.Body;
            await parsed.AnswerAsync(asking, Afterwards(parsed.Body, said), ended);
        }
    }
}
