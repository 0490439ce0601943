using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Tests.DocumentDb;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Faults;

/// <summary>
/// The store is away for one call, once at each call that a release makes: every release ends in the same Job as the one
/// that met no fault, and nothing is done twice.
/// </summary>
public sealed class StoreFaultTests(ITestOutputHelper output)
{
    /// <summary>More calls than a release makes.</summary>
    private const int Calls = 76;

    /// <summary>More than those of them that write; a lost answer to the others is like no call.</summary>
    private const int Writes = 44;

    /// <summary>What was not heard of again is looked at after 15 s.</summary>
    private static readonly TimeSpan step = TimeSpan.FromSeconds(20);

    private const int MostSteps = 30;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task With_SQLite_away_at_any_call_the_release_ends_the_same(bool answerIsLost) =>
        EndsTheSameAsync(answerIsLost, new Dictionary<string, string?>());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_MongoDB_away_at_any_call_the_release_ends_the_same(bool answerIsLost)
    {
        await using var database = TemporaryMongo.Create(Assert.Skip);
        await EndsTheSameAsync(
            answerIsLost,
            new Dictionary<string, string?> { ["Devflow:Store"] = database.ConnectionString }
        );
    }

    private async Task EndsTheSameAsync(bool answerIsLost, IReadOnlyDictionary<string, string?> settings)
    {
        var plan = new OneFaultEach(answerIsLost ? Failing.After : Failing.Before);
        var points = answerIsLost ? Writes : Calls;
        var control = new WorldApp("control") { Promote = Promoters };
        var apps = Enumerable
            .Range(1, points)
            .Select(point => new WorldApp($"point-{point}") { Promote = Promoters })
            .Prepend(control)
            .ToList();
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                Apps = apps,
                Settings = settings,
                RunsLoop = false,
                Store = inner => OddStore.Around(inner, plan.At),
                // A machine under load keeps MongoDB's driver waiting, too.
                Expects = error =>
                    error.Contains("was told to fail", StringComparison.Ordinal)
                    || error.Contains("The store mongodb://", StringComparison.Ordinal),
            }
        );
        // Rates are Slack's own matter; here they would only make the test long.
        world.Slack.EnforcesRateLimits = false;
        await PassUntilAsync(world, apps, _ => true);
        plan.Begin(apps.Skip(1).Select((app, index) => (ReleaseWorld.RefOf(app).ToString(), index + 1)));

        foreach (var app in apps)
        {
            world.Release("v2", app);
            await world.WhenPausedAsync("v2", app);
        }

        await PassUntilAsync(world, apps, job => job.Status == JobStatus.AwaitingApproval);
        foreach (var app in apps)
        {
            await PromoteAsync(world, app);
        }

        await PassUntilAsync(world, apps, job => job is { Status: JobStatus.Succeeded, Promotion: not null });
        await PassUntilAsync(world, apps, job => job.Outbox.IsEmpty && job.IsSettled && job.Card.Ts is not null);
        plan.End();

        output.WriteLine(string.Join('\n', plan.Told));
        plan.Told.Count(told => told.StartsWith("prod/", StringComparison.Ordinal))
            .ShouldBeInRange(points / 3, points - 1, "there is a fault at each call that a release makes");
        plan.Told.Count(told => told.StartsWith("any ", StringComparison.Ordinal))
            .ShouldBeGreaterThanOrEqualTo(answerIsLost ? 0 : 4);
        var expected = Picture((await world.JobAsync(control))!);
        foreach (var app in apps)
        {
            var met = $"{app.Name}: {plan.Told.FirstOrDefault(it => it.StartsWith($"prod/shop/{app.Name} "))}";
            Picture((await world.JobAsync(app))!).ShouldBe(expected, met);
            world.Cards(app).Count.ShouldBe(1, met);
            world.Thread(app).ShouldBeUnique(met);
            world.Patches(app).Count(patch => patch.Status == 200).ShouldBe(1, met);
        }
    }

    private const string Promoters = "{ by: [platform], allowUnknownAuthor: true }";

    /// <summary>Types until it is promoted, as people do whose command was answered by an excuse.</summary>
    private static async Task PromoteAsync(ReleaseWorld world, WorldApp app)
    {
        for (var tries = 1; tries <= 3; tries++)
        {
            var reply = await world.TypeAndReadAtOnceAsync(Alice, $"/promote {app.Name}", app: app);
            if (reply.Text.Contains("promoted v2", StringComparison.Ordinal) || reply.Text.StartsWith("On it."))
            {
                return;
            }
        }
    }

    /// <summary>Time passes, and the loop does what is due, until every Job is so.</summary>
    private static async Task PassUntilAsync(ReleaseWorld world, IReadOnlyList<WorldApp> apps, Func<Job, bool> isSo)
    {
        var left = apps.ToList();
        for (var steps = 0; steps < MostSteps && left.Count > 0; steps++)
        {
            world.Clock.Skip(step);
            await SweepAsync(world);
            var open = new List<WorldApp>();
            foreach (var app in left)
            {
                if (await ReadAsync(world, app) is not { } job || !isSo(job))
                {
                    open.Add(app);
                }
            }

            left = open;
        }

        left.ShouldBeEmpty();
    }

    private static async Task SweepAsync(ReleaseWorld world)
    {
        var isBusy = true;
        while (isBusy)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            try
            {
                isBusy = await world.SweepAsync();
            }
            catch (StoreUnavailableException)
            {
                // The timer's next tick.
            }
        }
    }

    // The test asks the same store that fails for the service.
    private static async Task<Job?> ReadAsync(ReleaseWorld world, WorldApp app)
    {
        using (OneFaultEach.Spare())
        {
            return await world.JobAsync(app);
        }
    }

    private static string Picture(Job job) =>
        $"{job.Status} {job.DisplayVersion} attempt {job.Release!.Attempt}, "
        + $"{string.Join(' ', job.Steps.Select(step => $"{step.Name}:{step.Status}"))}, "
        + $"by {job.Promotion?.By.PersonName}, {job.Outbox.Length} effects left";

    /// <summary>Of each Rollout the call with its number fails, once.</summary>
    private sealed class OneFaultEach(Failing way)
    {
        private static readonly AsyncLocal<bool> spared = new();
        private readonly ConcurrentDictionary<string, int> left = new();
        private readonly ConcurrentDictionary<string, int> verbs = new();
        private readonly ConcurrentQueue<string> told = new();

        public IReadOnlyList<string> Told => [.. told];

        public static IDisposable Spare()
        {
            spared.Value = true;
            return new Sparing();
        }

        public void Begin(IEnumerable<(string Rollout, int Number)> points)
        {
            foreach (var (rollout, number) in points)
            {
                left[rollout] = number;
            }
        }

        public void End() => left.Clear();

        public Failing At(string verb, string? rollout)
        {
            if (spared.Value || left.IsEmpty || (way == Failing.After && !IsWrite(verb)))
            {
                return Failing.Not;
            }

            if (rollout is null)
            {
                // What is about no Rollout fails at its second call, whichever verb it is.
                var calls = verbs.AddOrUpdate(verb, 1, (_, count) => count + 1);
                if (calls == 2)
                {
                    told.Enqueue($"any {verb}");
                }

                return calls == 2 ? way : Failing.Not;
            }

            if (!left.ContainsKey(rollout))
            {
                return Failing.Not;
            }

            if (left.AddOrUpdate(rollout, 0, (_, count) => count - 1) != 0)
            {
                return Failing.Not;
            }

            told.Enqueue($"{rollout} {verb}");
            return way;
        }

        private static bool IsWrite(string verb) =>
            new[]
            {
                "Save",
                "Hint",
                "Take",
                "Renew",
                "Release",
                "Verified",
                "Add",
                "Update",
                "Put",
                "Append",
                "Forget",
            }.Any(verb.StartsWith);

        private sealed class Sparing : IDisposable
        {
            public void Dispose() => spared.Value = false;
        }
    }
}
