using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.Sqlite;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>The contract, kept by the embedded store.</summary>
public sealed class SqliteStoreTests : StoreContract
{
    private readonly TemporaryDatabase _database = new();
    private SqliteStore? _open;

    protected override async Task<IStore> OpenAsync(string holder, TimeProvider clock)
    {
        if (_open is not null)
        {
            await _open.DisposeAsync();
        }

        return _open = SqliteStore.Open(_database.Path, holder, clock);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_open is not null)
        {
            await _open.DisposeAsync();
        }

        _database.Dispose();
    }
}
