using System.Diagnostics;
using System.Globalization;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Sqlite;

// write PATH: adds commands 0, 1, 2 … from several callers at once and prints each number when it is acknowledged, until
// killed. measure PATH: prints hints per second and the latency of single writes.
return args switch
{
    ["write", var path] => await WriteAsync(path),
    ["measure", var path] => await MeasureAsync(path),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("write PATH | measure PATH");
    return 2;
}

static async Task<int> WriteAsync(string path)
{
    await using var store = SqliteStore.Open(path, "writer", TimeProvider.System);
    await store.PrepareAsync(CancellationToken.None);
    var last = -1;
    var actor = new Actor("alice", null, null, "Alice");
    await Task.WhenAll(
        Enumerable
            .Range(0, 8)
            .Select(caller =>
                Task.Run(async () =>
                {
                    while (true)
                    {
                        var number = Interlocked.Increment(ref last);
                        var command = new Command(
                            number.ToString(CultureInfo.InvariantCulture),
                            new Wish.Retry(),
                            actor,
                            new Origin("test"),
                            "web",
                            "production",
                            new RolloutRef("prod", "shop", $"web-{caller}"),
                            TimeProvider.System.GetUtcNow()
                        );
                        await store.AddAsync(command, null, CancellationToken.None);
                        Print(number);
                    }
                })
            )
    );
    return 0;
}

// The whole line in one write: half a line would be another number.
static void Print(int number)
{
    lock (Console.Out)
    {
        Console.Out.Write($"{number}\n");
        Console.Out.Flush();
    }
}

static async Task<int> MeasureAsync(string path)
{
    const int Callers = 64;
    const int Each = 500;
    await using var store = SqliteStore.Open(path, "writer", TimeProvider.System);
    await store.PrepareAsync(CancellationToken.None);
    foreach (var round in Enumerable.Range(0, 3))
    {
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(caller =>
                    Task.Run(async () =>
                    {
                        for (var n = 0; n < Each; n++)
                        {
                            await store.HintAsync(
                                new RolloutRef("prod", "shop", $"web-{(caller * Each + n) % 1000}"),
                                CancellationToken.None
                            );
                        }
                    })
                )
        );
        Console.WriteLine(
            $"round {round}: {Callers * Each / watch.Elapsed.TotalSeconds:F0} hints/s from {Callers} callers"
        );

        var times = new List<double>();
        for (var n = 0; n < 500; n++)
        {
            var single = Stopwatch.StartNew();
            await store.HintAsync(new RolloutRef("prod", "shop", "web"), CancellationToken.None);
            times.Add(single.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine($"round {round}: one write p50 {times[250]:F2} ms, p99 {times[495]:F2} ms");
    }

    return 0;
}
