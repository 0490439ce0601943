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

        var server = new MongoDB.Driver.MongoUrlBuilder(Environment.GetEnvironmentVariable(Server))
        {
            DatabaseName = database,
        };
        server.AuthenticationSource ??= server.Username is null ? null : "admin";
        return server.ToString();
    }

    private static bool IsSet(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));
}
