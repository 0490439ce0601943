using System.Globalization;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Mongo;
using Devflow.ChatOps.Tests.DocumentDb;
using Devflow.ChatOps.Tests.Support;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Tests.EndToEnd.Survival;

/// <summary>
/// Instances that do not die but stand still in the middle of a call, for longer than their leases, and then go on as if
/// nothing had been: another has done all by then, and they do nothing of it once more.
/// </summary>
public sealed class StandingStillTests(ITestOutputHelper output)
{
    private const int Processes = 3;
    private const string Posted = "app-1";
    private const string Patched = "app-2";
    private const string Other = "app-3";

    private static readonly string[] apps = [Posted, Patched, Other];
    private static readonly TimeSpan limit = TimeSpan.FromMinutes(4);

    // What other processes have written down can only be looked at; nobody signals it.
    private static readonly TimeSpan lookEvery = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Instances_that_stand_still_for_longer_than_their_leases_do_nothing_twice_when_they_go_on()
    {
        await using var database = TemporaryMongo.Create(Assert.Skip);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        over.CancelAfter(limit);
        Instances? told = null;
        await using var outside = await StandIns.StartAsync(
            apps,
            notify: notification => told?.Send(notification),
            shape: app => app with { ScaleDownDelaySeconds = 3_600 }
        );
        await using var store = MongoStore.Open(database.ConnectionString, "test", TimeProvider.System);
        await store.PrepareAsync(over.Token);
        await using var instances = new Instances(Processes, database.ConnectionString, outside, seed: 1, over.Token);
        told = instances;
        var doing = "starting";
        try
        {
            await instances.WhenUpAsync(over.Token);
            await Task.WhenAll(apps.Select(app => WhenAsync(store, app, job => job.IsSettled, over.Token)));
            var posting = new Standstill(Posted, instances, database);
            var patching = new Standstill(Patched, instances, database);
            outside.Slack.Faults = call =>
            {
                posting.Begin(
                    call.Method == "chat.postMessage" && call.Argument("channel") == StandIns.ChannelOf(Posted)
                );
                return null;
            };
            outside.Kubernetes.Fault = request =>
            {
                var isPatch = request.Method == "PATCH";
                patching.Begin(
                    isPatch && $"{request.Path}/".Contains($"/rollouts/{Patched}/", StringComparison.Ordinal)
                );
                return null;
            };

            doing = "waiting for the first to stand still, while it posts a card";
            foreach (var app in apps)
            {
                outside.Release(app, "v2");
            }

            var poster = await posting.Holder.WaitAsync(over.Token);
            // What the one that stands still was told is not known to the others.
            await Task.WhenAll(apps.Select(app => instances.NotifyAsync(app, over.Token)));

            doing = "waiting for the second to stand still, while it promotes";
            await WhenWaitingAsync(store, Patched, over.Token);
            var typed = instances.TypeAsync(Patched, $"/promote {Patched}", over.Token);
            var patcher = await patching.Holder.WaitAsync(over.Token);
            patcher.Instance.ShouldNotBe(poster.Instance);

            doing = "waiting for the third to take over";
            var before = await Task.WhenAll(
                WhenWaitingAsync(store, Posted, over.Token),
                WhenLiveAsync(store, Patched, over.Token)
            );
            instances.GoOn();

            doing = "waiting for the two to give up what they held";
            await WhenGivenBackAsync(instances, poster, over.Token);
            await WhenGivenBackAsync(instances, patcher, over.Token);
            await typed;
            foreach (var job in before)
            {
                // Whoever lost its lease saved nothing any more.
                (await store.FindJobAsync(job.Id, over.Token))!.Version.ShouldBe(job.Version, job.App);
            }

            doing = "waiting for all to be live";
            await PromoteAsync(Posted, instances, over.Token);
            await WhenWaitingAsync(store, Other, over.Token);
            await PromoteAsync(Other, instances, over.Token);
            var done = await Task.WhenAll(apps.Select(app => WhenLiveAsync(store, app, over.Token)));
            await instances.WhenSentAsync();
            await WhenClosedAsync(database, over.Token);
            doing = "stopping";
            (await instances.StopAsync(over.Token)).ShouldAllBe(code => code == 0);

            foreach (var job in done)
            {
                SeveralInstancesTests.ShouldHaveHappenedOnce(job.App, outside, promoted: true);
                await ShouldBeToldOnceAsync(job, store, database);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            Assert.Fail($"Not completed in time: {doing}.");
        }
        finally
        {
            await over.CancelAsync();
            output.WriteLine(string.Join('\n', [.. instances.Told, .. instances.Errors]));
        }

        instances.Surprises.ShouldBeEmpty();
        instances.Leases().Overlaps.ShouldBeEmpty();
    }

    private static async Task ShouldBeToldOnceAsync(Job job, MongoStore store, TemporaryMongo database)
    {
        var stop = TestContext.Current.CancellationToken;
        var audit = await store.ReadAuditAsync(job.Id, 100, stop);
        audit.Select(entry => $"{entry.Action} {entry.Patch} {entry.Outcome}").ShouldBeUnique(job.App);
        audit.ShouldContain(entry => entry.Outcome == CommandOutcome.OkCode, job.App);
        var commands = await database
            .Collection("commands")
            .Find(new BsonDocument("rollout", job.Rollout.ToString()))
            .ToListAsync(stop);
        commands
            .Select(command => command["document"]["outcome"]["code"].AsString)
            .ShouldBe([CommandOutcome.OkCode], string.Join('\n', commands));
    }

    private static async Task PromoteAsync(string app, Instances instances, CancellationToken stop) =>
        (await instances.TypeAsync(app, $"/promote {app}", stop)).Status.ShouldBe(200, app);

    private static Task<Job> WhenWaitingAsync(MongoStore store, string app, CancellationToken stop) =>
        WhenAsync(store, app, job => job is { Status: JobStatus.AwaitingApproval, IsSettled: true }, stop);

    private static Task<Job> WhenLiveAsync(MongoStore store, string app, CancellationToken stop) =>
        WhenAsync(
            store,
            app,
            job => job is { Source: not JobSource.Baseline, Status: JobStatus.Succeeded, IsSettled: true },
            stop
        );

    private static async Task<Job> WhenAsync(MongoStore store, string app, Func<Job, bool> isSo, CancellationToken stop)
    {
        var rollout = new RolloutRef(StandIns.Cluster, StandIns.Namespace, app);
        while (true)
        {
            if ((await store.JobsOfAsync(rollout, stop)).Current is { } job && isSo(job))
            {
                return job;
            }

            await Task.Delay(lookEvery, stop);
        }
    }

    private static async Task WhenGivenBackAsync(Instances instances, Holder holder, CancellationToken stop)
    {
        var word = string.Create(
            CultureInfo.InvariantCulture,
            $"Lease {holder.Fence} of {StandIns.Cluster}/{StandIns.Namespace}/{holder.App} is given back"
        );
        while (!instances.SaidBy(holder.Instance).Any(line => line.Contains(word, StringComparison.Ordinal)))
        {
            await Task.Delay(lookEvery, stop);
        }
    }

    private static async Task WhenClosedAsync(TemporaryMongo database, CancellationToken stop)
    {
        var open = new BsonDocument("open", true);
        while (await database.Collection("commands").CountDocumentsAsync(open, null, stop) > 0)
        {
            await Task.Delay(lookEvery, stop);
        }
    }

    private sealed record Holder(string App, int Instance, long Fence);

    /// <summary>Lets whoever works on a Rollout stand still while a call of its is under way, once.</summary>
    private sealed class Standstill(string app, Instances instances, TemporaryMongo database)
    {
        private readonly TaskCompletionSource<Holder> holder = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int begun;

        public Task<Holder> Holder => holder.Task;

        public void Begin(bool isNow)
        {
            if (!isNow || Interlocked.Exchange(ref begun, 1) != 0)
            {
                return;
            }

            try
            {
                var key = new BsonDocument("_id", $"{StandIns.Cluster}/{StandIns.Namespace}/{app}");
                var lease = database.Collection("leases").Find(key).Single();
                // instance-2/1f3a…
                var number = int.Parse(lease["holder"].AsString.Split('-', '/')[1], CultureInfo.InvariantCulture);
                instances.StandStill(number);
                holder.SetResult(new Holder(app, number, lease["fence"].ToInt64()));
            }
            catch (Exception fault)
            {
                holder.SetException(fault);
            }
        }
    }
}
