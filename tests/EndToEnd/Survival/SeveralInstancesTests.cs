using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Mongo;
using Devflow.ChatOps.Tests.DocumentDb;
using Devflow.ChatOps.Tests.Support;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Tests.EndToEnd.Survival;

/// <summary>
/// Three processes on one MongoDB, 200 releases, 5,000 notifications, and the processes are killed all the while: every Job
/// is right, nothing that people or the cluster see is done twice, and every command has come to its end.
/// </summary>
public sealed partial class SeveralInstancesTests(ITestOutputHelper output)
{
    private const int Processes = 3;
    private const int Releases = 200;
    private const int Notifications = 5_000;

    /// <summary>While notifications come in, and as many again while what they asked for is worked off.</summary>
    private const int Kills = 2;

    /// <summary>Every so many releases one waits for a person.</summary>
    private const int PromoteEvery = 5;

    private static readonly TimeSpan limit = TimeSpan.FromMinutes(12);

    // What other processes have written down can only be looked at; nobody signals it.
    private static readonly TimeSpan lookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan typeAgainAfter = TimeSpan.FromMilliseconds(100);

    private readonly string[] apps = [.. Enumerable.Range(1, Releases).Select(number => $"app-{number}")];

    [Fact]
    public async Task Two_hundred_releases_complete_while_three_instances_are_killed_and_nothing_is_done_twice()
    {
        await using var database = TemporaryMongo.Create(Assert.Skip);
        var given = Environment.GetEnvironmentVariable("DEVFLOW_SURVIVAL_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        output.WriteLine($"DEVFLOW_SURVIVAL_SEED={seed}");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        over.CancelAfter(limit);
        var began = TimeProvider.System.GetTimestamp();
        Instances? told = null;
        await using var outside = await StandIns.StartAsync(
            apps,
            notify: notification => told?.Send(notification),
            shape: app => app with { AutoPromotionEnabled = !Waits(app.Name), ScaleDownDelaySeconds = 3_600 }
        );
        // Rates are Slack's own matter; here they would only make the test long.
        outside.Slack.EnforcesRateLimits = false;
        await using var store = MongoStore.Open(database.ConnectionString, "test", TimeProvider.System);
        await store.PrepareAsync(over.Token);
        await using var instances = new Instances(Processes, database.ConnectionString, outside, seed, over.Token);
        told = instances;
        var promotes = new Dictionary<string, Task<Typed>>();
        try
        {
            await instances.WhenUpAsync(over.Token);
            await WhenAllAsync(database, (_, source, _) => Task.FromResult(source == "baseline"), over.Token);
            Say(began, "baselines");
            var storm = StormAsync(outside, instances, over.Token);
            var completed = CompletedAsync(database, instances, promotes, over.Token);
            await await Task.WhenAny(storm, completed);
            Say(began, $"the first of: all sent ({storm.IsCompleted}), all completed ({completed.IsCompleted})");
            await Task.WhenAll(storm, completed);
            Say(began, "completed");
            await Task.WhenAll(promotes.Values);
            await instances.WhenSentAsync();
            await WhenShownAsync(outside, over.Token);
            Say(began, "shown");
            await ClosedAsync(database, over.Token);
            Say(began, "answered");
            (await instances.StopAsync(over.Token)).ShouldAllBe(code => code == 0);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            Assert.Fail($"Not completed in time.\n{await StateAsync(store, database)}");
        }
        finally
        {
            await over.CancelAsync();
            Say(began, $"{instances.Starts} starts, {instances.Delivered} notifications");
            output.WriteLine(string.Join('\n', [.. instances.Told, .. instances.Errors]));
        }

        instances.Surprises.ShouldBeEmpty();
        instances.Delivered.ShouldBeGreaterThanOrEqualTo(Notifications);
        var leases = instances.Leases();
        output.WriteLine($"{leases.Count} leases were held, {leases.CutOff} were not given back");
        leases.Count.ShouldBeGreaterThan(Releases * 2);
        leases.Overlaps.ShouldBeEmpty();
        foreach (var app in apps)
        {
            var jobs = await store.JobsOfAsync(RefOf(app), TestContext.Current.CancellationToken);
            ShouldBeRight(app, jobs, outside);
            ShouldHaveHappenedOnce(app, outside, promoted: Waits(app));
            await ShouldBeAnsweredOnceAsync(app, promotes.GetValueOrDefault(app), outside, database);
        }
    }

    /// <summary>
    /// Releases, and with each a burst of notifications beside those of the controller itself: most of them about the
    /// Rollouts that move at this time, early, late and again and again; some about any. At some of them, spread over all,
    /// an instance is killed.
    /// </summary>
    private Task StormAsync(StandIns outside, Instances instances, CancellationToken stop)
    {
        const int PerKill = Releases / Kills;
        var deaths = Enumerable.Range(0, Kills).Select(kill => kill * PerKill + instances.Draw(PerKill)).ToHashSet();
        return Parallel.ForEachAsync(
            Enumerable.Range(0, Releases),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = stop },
            async (number, token) =>
            {
                outside.Release(apps[number], "v2");
                var burst = Enumerable
                    .Range(0, Notifications / Releases)
                    .Select(_ => instances.NotifyAsync(apps[Disturbed(number, instances)], token))
                    .ToList();
                if (deaths.Contains(number))
                {
                    await instances.KillAsync(token);
                }

                await Task.WhenAll(burst);
            }
        );
    }

    private static int Disturbed(int number, Instances instances) =>
        instances.Draw(5) == 0 ? instances.Draw(Releases) : Math.Clamp(number + 2 - instances.Draw(8), 0, Releases - 1);

    /// <summary>
    /// Ends when every release has succeeded; those that wait for a person are promoted as soon as they do. Whenever so
    /// many more have succeeded, an instance is killed.
    /// </summary>
    private Task CompletedAsync(
        TemporaryMongo database,
        Instances instances,
        Dictionary<string, Task<Typed>> promotes,
        CancellationToken stop
    )
    {
        var succeeded = new HashSet<string>(StringComparer.Ordinal);
        var kills = 0;
        return WhenAllAsync(
            database,
            async (app, source, status) =>
            {
                if (!promotes.TryGetValue(app, out var promote) && status == "awaitingApproval")
                {
                    promotes[app] = PromoteAsync(app, instances, stop);
                }
                else if (promote is { IsCompleted: true })
                {
                    // One that went wrong would be waited for in vain.
                    await promote;
                }

                var isDone = source != "baseline" && status == "succeeded";
                if (isDone && succeeded.Add(app) && succeeded.Count >= (kills + 1) * Releases / (Kills + 1))
                {
                    kills++;
                    await instances.KillAsync(stop);
                }

                return isDone;
            },
            stop
        );
    }

    /// <summary>
    /// Types until an instance lives long enough to answer, and has got hold of the store, as people do.
    /// </summary>
    private static async Task<Typed> PromoteAsync(string app, Instances instances, CancellationToken stop)
    {
        for (var tries = 1; ; tries++)
        {
            var delivery = await instances.TypeAsync(app, $"/promote {app}", stop);
            if (delivery.Status is null)
            {
                await Task.Delay(typeAgainAfter, stop);
                continue;
            }

            delivery.Status.ShouldBe(200, $"{app}: {delivery.Body}");
            var text = JsonNode.Parse(delivery.Body)!["text"]!.GetValue<string>();
            if (text == AnswerTexts.StoreDown)
            {
                await Task.Delay(lookEvery, stop);
                continue;
            }

            if (text != AnswerTexts.Working && tries == 1)
            {
                text.ShouldContain("alice promoted v2", Case.Sensitive, app);
            }

            return new Typed(tries, text != AnswerTexts.Working);
        }
    }

    /// <summary>Looks past the store: reading all Jobs would be a load of its own.</summary>
    private async Task WhenAllAsync(
        TemporaryMongo database,
        Func<string, string, string, Task<bool>> isSo,
        CancellationToken stop
    )
    {
        var fields = new BsonDocument
        {
            { "app", 1 },
            { "document.source", 1 },
            { "document.status", 1 },
        };
        var left = apps.ToHashSet(StringComparer.Ordinal);
        while (true)
        {
            var jobs = await database.Collection("jobs").Find(new BsonDocument()).Project(fields).ToListAsync(stop);
            foreach (var job in jobs)
            {
                var app = job["app"].AsString;
                var document = job["document"];
                if (await isSo(app, document["source"].AsString, document["status"].AsString))
                {
                    left.Remove(app);
                }
            }

            if (left.Count == 0)
            {
                return;
            }

            await Task.Delay(lookEvery, stop);
        }
    }

    private Task WhenShownAsync(StandIns outside, CancellationToken stop) =>
        outside.Workspace.WhenAsync(
            workspace =>
                apps.All(app => workspace.Messages(StandIns.ChannelOf(app)).Any(it => it.ThreadTs is null))
                    ? workspace
                    : null,
            stop
        );

    private static async Task ClosedAsync(TemporaryMongo database, CancellationToken stop)
    {
        while (
            await database.Collection("commands").CountDocumentsAsync(new BsonDocument("open", true), null, stop) > 0
        )
        {
            await Task.Delay(lookEvery, stop);
        }
    }

    private static bool Waits(string app) =>
        int.Parse(app.AsSpan("app-".Length), CultureInfo.InvariantCulture) % PromoteEvery == 0;

    private static RolloutRef RefOf(string app) => new(StandIns.Cluster, StandIns.Namespace, app);

    private void Say(long began, string what) =>
        output.WriteLine($"{TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s: {what}");

    /// <summary>What is not as it should be, for whoever reads a failure.</summary>
    private async Task<string> StateAsync(MongoStore store, TemporaryMongo database)
    {
        var states = new List<string>();
        foreach (var app in apps)
        {
            var job = (await store.JobsOfAsync(RefOf(app), TestContext.Current.CancellationToken)).Current;
            if (job is { Source: not JobSource.Baseline, Status: JobStatus.Succeeded })
            {
                continue;
            }

            var commands = await CommandsAsync(app, database);
            var asked = commands.Select(command =>
                $"{command["_id"]}: {command["document"]["outcome"]}, open {command["open"]}"
            );
            states.Add($"{app}: {job?.Source} {job?.Status} {job?.Message}; {string.Join("; ", asked)}");
        }

        return $"{states.Count} are not live:\n{string.Join('\n', states.Take(20))}";
    }

    private static Task<List<BsonDocument>> CommandsAsync(string app, TemporaryMongo database) =>
        database
            .Collection("commands")
            .Find(new BsonDocument("rollout", RefOf(app).ToString()))
            .ToListAsync(TestContext.Current.CancellationToken);

    private sealed record Typed(int Tries, bool AtOnce);
}
