using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Mongo;
using Devflow.ChatOps.Tests.DocumentDb;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>Each query that is asked often finds an index, as the engine explains it.</summary>
public sealed class MongoIndexTests : IAsyncLifetime
{
    private static readonly RolloutRef web = new("prod", "shop", "web");
    private static readonly DateTimeOffset now = Samples.Noon;

    private readonly TemporaryMongo database = TemporaryMongo.Create(Assert.Skip);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var store = MongoStore.Open(database.ConnectionString, "one", TimeProvider.System);
        await store.PrepareAsync(Stop);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    public static TheoryData<string, string, BsonDocument, BsonDocument?> Queries =>
        new()
        {
            { "jobs", "jobs_bound", MongoStore.BoundOf(web), MongoStore.NewestBound },
            { "jobs", "jobs_targets", MongoStore.TargetsOf(web), MongoStore.NewestBound },
            { "jobs", "jobs_waiting", MongoStore.WaitingOf(web), new BsonDocument("_id", 1) },
            { "jobs", "jobs_unsettled", MongoStore.UnsettledOf(web), MongoStore.NewestId },
            { "jobs", "jobs_open", MongoStore.Listed(new JobFilter(OpenOnly: true), null), MongoStore.NewestId },
            { "jobs", "jobs_by_app", MongoStore.Listed(new JobFilter("web"), null), MongoStore.NewestId },
            {
                "jobs",
                "jobs_by_environment",
                MongoStore.Listed(new JobFilter("web", "production"), null),
                MongoStore.NewestId
            },
            { "jobs", "_id_", MongoStore.Listed(new JobFilter(), JobId.New(now)), MongoStore.NewestId },
            { "jobs", "jobs_applied", MongoStore.AppliedBy(web, "slack:1"), MongoStore.NewestId },
            { "jobs", "jobs_unreadable", MongoStore.UnreadableOf(null), new BsonDocument("_id", 1) },
            { "jobs", "jobs_stuck", MongoStore.WithStuckEffect, MongoStore.OldestId },
            { "hints", "hints_due", MongoStore.DueAt(now, [], []), new BsonDocument("due", 1) },
            { "hints", "hints_due", MongoStore.DueAt(now, ["prod"], ["a/b/c"]), new BsonDocument("due", 1) },
            { "hints", "hints_hinted", MongoStore.HintedAmong([], []), new BsonDocument("hinted", 1) },
            { "hints", "hints_hinted", MongoStore.HintedAmong(["prod"], ["a/b/c"]), new BsonDocument("hinted", 1) },
            { "hints", "hints_seen", MongoStore.SeenIn("prod"), null },
            { "leases", "leases_live", MongoStore.LiveAt(now), null },
            { "commands", "commands_open", MongoStore.OpenOf(web), MongoStore.OldestCommand },
            { "commands", "commands_due", MongoStore.CommandedAt(now, [], []), null },
            { "commands", "commands_response_urls", MongoStore.ForgettableAt(now), null },
            { "commands", "commands_stuck", MongoStore.StuckOf(null), MongoStore.OldestCommand },
            { "commands", "commands_closed", MongoStore.ClosedBefore(now), new BsonDocument("at", 1) },
            { "jobs", "jobs_finished", MongoStore.FinishedBefore(now, null), new BsonDocument("_id", 1) },
            { "audit", "audit_by_time", MongoStore.AuditOf(null), MongoStore.NewestAudit },
            { "audit", "audit_by_job", MongoStore.AuditOf(JobId.New(now)), MongoStore.NewestAudit },
        };

    [Theory]
    [MemberData(nameof(Queries), DisableDiscoveryEnumeration = true)]
    public async Task A_query_finds_its_index(string collection, string index, BsonDocument filter, BsonDocument? order)
    {
        var find = new BsonDocument { { "find", collection }, { "filter", filter } };
        find.Add("sort", order, order is not null);

        var plan = await database.Raw.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "explain", find }, { "verbosity", "queryPlanner" } },
            cancellationToken: Stop
        );

        plan["queryPlanner"]["winningPlan"].ToJson().ShouldNotContain("COLLSCAN");
        // MongoDB names the plans that it rejected too: of an empty collection each is as good as the other.
        plan["queryPlanner"].ToJson().ShouldContain($"\"{index}\"");
    }
}
