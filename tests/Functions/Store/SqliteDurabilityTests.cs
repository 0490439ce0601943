using System.Diagnostics;
using System.Globalization;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.Sqlite;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>A writing process is killed; what it had acknowledged is there.</summary>
public sealed class SqliteDurabilityTests : IDisposable
{
    private readonly TemporaryDatabase database = new();

    public void Dispose() => database.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Whatever_was_acknowledged_before_a_kill_is_there_after_it()
    {
        var stop = TestContext.Current.CancellationToken;
        var acknowledged = new List<int>();
        foreach (var enough in new[] { 40, 1, 300 })
        {
            // Numbers begin again with each process: commands that are known change nothing and are acknowledged.
            acknowledged.AddRange(await WriteAndKillAsync(enough, stop));
        }

        await using var store = SqliteStore.Open(database.Path, "writer", TimeProvider.System);
        await store.PrepareAsync(stop);
        acknowledged.Count.ShouldBeGreaterThanOrEqualTo(341);
        foreach (var number in acknowledged.Distinct())
        {
            var key = number.ToString(CultureInfo.InvariantCulture);
            (await store.FindCommandAsync(key, stop)).ShouldNotBeNull($"command {key} was acknowledged");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_second_process_is_refused_while_the_first_lives()
    {
        var stop = TestContext.Current.CancellationToken;
        using var first = StartWriter();
        try
        {
            (await first.StandardOutput.ReadLineAsync(stop)).ShouldNotBeNull();

            Should
                .Throw<StoreUnavailableException>(() => SqliteStore.Open(database.Path, "other", TimeProvider.System))
                .Message.ShouldContain("another process");
        }
        finally
        {
            first.Kill();
            await first.WaitForExitAsync(CancellationToken.None);
        }

        await using var after = SqliteStore.Open(database.Path, "other", TimeProvider.System);
        await after.PrepareAsync(stop);
    }

    /// <summary>Kills (SIGKILL) after so many acknowledgements; all that were printed, also those on the way.</summary>
    private async Task<List<int>> WriteAndKillAsync(int enough, CancellationToken stop)
    {
        using var writer = StartWriter();
        var numbers = new List<int>();
        try
        {
            while (await writer.StandardOutput.ReadLineAsync(stop) is { } line)
            {
                numbers.Add(int.Parse(line, CultureInfo.InvariantCulture));
                if (numbers.Count == enough)
                {
                    writer.Kill();
                }
            }
        }
        finally
        {
            writer.Kill();
            await writer.WaitForExitAsync(CancellationToken.None);
        }

        numbers.Count.ShouldBeGreaterThanOrEqualTo(enough);
        return numbers;
    }

    private Process StartWriter() =>
        Process.Start(
            new ProcessStartInfo("dotnet")
            {
                ArgumentList =
                {
                    Path.Combine(AppContext.BaseDirectory, "Devflow.ChatOps.Tests.StoreWriter.dll"),
                    "write",
                    database.Path,
                },
                RedirectStandardOutput = true,
            }
        )!;
}
