using MongoDB.Driver;
using MongoDB.Driver.Core.Servers;

namespace Devflow.ChatOps.Tests.DocumentDb;

/// <summary>
/// The MongoDB that tests use: the server of <c>DEVFLOW_TEST_MONGODB</c>, else the DocumentDB engine of
/// <c>DEVFLOW_TEST_DOCUMENTDB</c> (started by <c>tests/DocumentDb/with-engine.sh</c>) behind a bridge. With neither the
/// tests are skipped, and say how to run them.
/// </summary>
public static class TestMongo
{
    private const string Server = "DEVFLOW_TEST_MONGODB";
    private const string Engine = "DEVFLOW_TEST_DOCUMENTDB";

    private static readonly Lazy<DocumentDbBridge> bridge = new(() =>
        new DocumentDbBridge(Environment.GetEnvironmentVariable(Engine)!)
    );

    /// <summary>Why there is none; <c>null</c> when there is one.</summary>
    public static string? Missing =>
        IsSet(Server) || IsSet(Engine)
            ? null
            : $"No MongoDB: set {Server} to a connection string, or run the tests with tests/DocumentDb/with-engine.sh.";

    /// <summary>A connection string for a database of this name; the caller drops it.</summary>
    public static string ConnectionString(string database)
    {
        if (!IsSet(Server))
        {
            return $"mongodb://127.0.0.1:{bridge.Value.Port}/{database}";
        }

        var server = new MongoUrlBuilder(Environment.GetEnvironmentVariable(Server)) { DatabaseName = database };
        server.AuthenticationSource ??= server.Username is null ? null : "admin";
        return server.ToString();
    }

    /// <summary>A network of one's own to the server. Not where it is spoken to over TLS.</summary>
    public static WireProxy Network()
    {
        var server = MongoUrl.Create(ConnectionString("admin")).Server;
        return new WireProxy(server.Host, server.Port);
    }

    /// <summary>As <see cref="ConnectionString"/>, through this network.</summary>
    public static string ConnectionString(string database, WireProxy network) =>
        new MongoUrlBuilder(ConnectionString(database))
        {
            Server = new MongoServerAddress("127.0.0.1", network.Port),
            DirectConnection = true,
            ReplicaSetName = null,
            // One answer to each request, also to the monitor's.
            ServerMonitoringMode = ServerMonitoringMode.Poll,
        }.ToString();

    private static bool IsSet(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));
}
