using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.Sqlite;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>The contract, kept by the embedded store.</summary>
public sealed class SqliteStoreTests : StoreContract
{
    private readonly TemporaryDatabase database = new();
    private SqliteStore? open;

    [Fact]
    public async Task A_holder_takes_its_own_lease_back_after_a_restart()
    {
        await Store.HintAsync(Web, Stop);
        var before = await LeaseAsync(Web);

        await RestartAsync("one");

        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web]);
        var after = await LeaseAsync(Web);
        after.Fence.ShouldBeGreaterThan(before.Fence);
        (await Store.TakeAsync(Web, Now, Stop)).ShouldBeNull();
        (await Store.RenewAsync(before, Now, Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_holder_takes_its_own_role_back_after_a_restart()
    {
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeTrue();

        await RestartAsync("one");

        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeTrue();
    }

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
