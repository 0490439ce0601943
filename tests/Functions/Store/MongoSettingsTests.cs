using System.Net;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Clusters;
using MongoDB.Driver.Core.Connections;
using MongoDB.Driver.Core.Servers;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>How the store speaks to MongoDB, and what it makes of its faults; no server is needed.</summary>
public sealed class MongoSettingsTests
{
    [Theory]
    [InlineData("mongodb://db.example.com/devflow")]
    [InlineData("mongodb://db.example.com/devflow?w=1&journal=false&readConcernLevel=local&readPreference=secondary")]
    public void What_is_acknowledged_outlives_an_election_whatever_the_connection_string_says(string text)
    {
        var settings = MongoAddress.TryParse(text).ShouldNotBeNull().Settings("one");

        settings.WriteConcern.W.ShouldBe(WriteConcern.WMajority.W);
        settings.WriteConcern.Journal.ShouldBe(true);
        settings.WriteConcern.WTimeout.ShouldNotBeNull().ShouldBeLessThan(RolloutLease.Duration);
        settings.ReadConcern.ShouldBe(ReadConcern.Majority);
        settings.ReadPreference.ShouldBe(ReadPreference.Primary);
        settings.RetryWrites.ShouldBeTrue();
        settings.RetryReads.ShouldBeTrue();
    }

    [Fact]
    public void Nothing_is_waited_for_longer_than_a_lease_lives_unless_the_connection_string_says_so()
    {
        var settings = MongoAddress.TryParse("mongodb://db.example.com/devflow").ShouldNotBeNull().Settings("one");

        settings.SocketTimeout.ShouldBeLessThan(RolloutLease.Duration);
        settings.ConnectTimeout.ShouldBeLessThan(TimeSpan.FromSeconds(3));
        settings.ServerSelectionTimeout.ShouldBeLessThan(TimeSpan.FromSeconds(3));
        settings.WaitQueueTimeout.ShouldBeLessThan(RolloutLease.Duration);
        settings.MaxConnecting.ShouldBeGreaterThan(2);
        MongoAddress
            .TryParse("mongodb://db.example.com/devflow?serverSelectionTimeoutMS=7000&retryWrites=false")
            .ShouldNotBeNull()
            .Settings("one")
            .ShouldSatisfyAllConditions(
                named => named.ServerSelectionTimeout.ShouldBe(TimeSpan.FromSeconds(7)),
                named => named.RetryWrites.ShouldBeFalse()
            );
    }

    [Theory]
    [InlineData("mongodb://socketTimeout:connectTimeout@serverSelectionTimeout.example.com/waitQueueTimeout")]
    [InlineData("mongodb://db.example.com/socketTimeoutMS?appName=devflow")]
    public void A_user_host_or_database_that_is_named_like_an_option_names_none(string text)
    {
        var named = MongoAddress.TryParse(text).ShouldNotBeNull().Settings("one");
        var plain = MongoAddress.TryParse("mongodb://db.example.com/devflow").ShouldNotBeNull().Settings("one");

        named.SocketTimeout.ShouldBe(plain.SocketTimeout);
        named.ConnectTimeout.ShouldBe(plain.ConnectTimeout);
        named.ServerSelectionTimeout.ShouldBe(plain.ServerSelectionTimeout);
        named.WaitQueueTimeout.ShouldBe(plain.WaitQueueTimeout);
    }

    [Theory]
    [InlineData(10107)]
    [InlineData(189)]
    [InlineData(64)]
    [InlineData(24)]
    [InlineData(43)]
    [InlineData(175)]
    [InlineData(8000)]
    [InlineData(14031)]
    public void What_passes_by_is_an_outage_and_no_defect(int code) =>
        MongoFaults.Unavailable(Said(code), Address).ShouldNotBeNull().Message.ShouldEndWith("it is tried again.");

    [Fact]
    public void A_cursor_that_a_failover_took_away_is_an_outage_too() =>
        MongoFaults
            .Unavailable(new MongoCursorNotFoundException(Connection, 7, new BsonDocument()), Address)
            .ShouldNotBeNull();

    [Fact]
    public void What_only_a_defect_of_ours_causes_is_no_outage() =>
        MongoFaults.Unavailable(Said(9), Address).ShouldBeNull();

    private static MongoAddress Address => MongoAddress.TryParse("mongodb://db.example.com/devflow")!;

    private static ConnectionId Connection =>
        new(new ServerId(new ClusterId(1), new DnsEndPoint("db.example.com", 27017)));

    private static MongoCommandException Said(int code) =>
        new(Connection, "no", new BsonDocument("find", "jobs"), new BsonDocument { { "ok", 0 }, { "code", code } });
}
