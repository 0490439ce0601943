using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>When readiness writes.</summary>
public sealed class WriteProbeTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly WriteProbe probe;
    private int writes;
    private bool isBroken;
    private bool wasTold;

    public WriteProbeTests() =>
        probe = new WriteProbe(
            clock,
            (hasFailed, _) =>
            {
                writes++;
                wasTold = hasFailed;
                return isBroken ? Task.FromException(new StoreUnavailableException("full")) : Task.CompletedTask;
            }
        );

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_often_somebody_asks_it_writes_once_in_five_seconds()
    {
        for (var asked = 0; asked < 100; asked++)
        {
            await probe.CheckAsync(Stop);
            clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        writes.ShouldBe(2);
    }

    [Fact]
    public async Task A_write_of_somebody_that_failed_is_a_reason_to_try_at_once_until_one_succeeds()
    {
        await probe.CheckAsync(Stop);
        isBroken = true;
        await probe.CheckAsync(Stop);
        probe.Failed();

        await Should.ThrowAsync<StoreUnavailableException>(() => probe.CheckAsync(Stop));
        await Should.ThrowAsync<StoreUnavailableException>(() => probe.CheckAsync(Stop));

        isBroken = false;
        await probe.CheckAsync(Stop);
        wasTold.ShouldBeTrue();
        await probe.CheckAsync(Stop);
        writes.ShouldBe(4);
        clock.Advance(TimeSpan.FromSeconds(5));
        await probe.CheckAsync(Stop);
        wasTold.ShouldBeFalse();
    }
}
