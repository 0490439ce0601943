using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.Sqlite;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>The contract, kept by the embedded store.</summary>
public sealed class SqliteStoreTests : StoreContract
{
    private readonly TemporaryDatabase database = new();
    private SqliteStore? open;

    protected override async Task<IStore> OpenAsync(string holder, TimeProvider clock)
    {
        if (open is not null)
        {
            await open.DisposeAsync();
        }

        return open = SqliteStore.Open(database.Path, holder, clock);
    }

    public override async ValueTask DisposeAsync()
    {
        if (open is not null)
        {
            await open.DisposeAsync();
        }

        database.Dispose();
    }
}
