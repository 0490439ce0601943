using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Tests.EndToEnd.World;
using Microsoft.Data.Sqlite;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Faults;

/// <summary>A stored Job that this version cannot read, such as after a downgrade.</summary>
public sealed class UnreadableJobTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("devflow-unreadable-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task It_is_shown_with_what_to_do_and_other_releases_go_on()
    {
        var other = new WorldApp("other-app");
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                Apps = [new WorldApp(), other],
                Settings = new Dictionary<string, string?> { ["Devflow:Store"] = $"sqlite:{Database}" },
                Expects = error =>
                    error.Contains("Working on prod/shop/my-app failed", StringComparison.Ordinal)
                    || error.Contains("cannot be read", StringComparison.Ordinal),
            }
        );
        var job = await world.ReadyAsync();
        await world.WhenToldAsync();
        await world.StopServiceAsync();
        Rewrite("\"awaitingApproval\"", "\"awaitingTheMoon\"", job.Id);
        await world.StartServiceAsync();

        var status = await world.TypeAsync(Bob, "/devflow status my-app");
        status.Text.ShouldContain($"Job {job.Id} of prod/shop/my-app cannot be read by this version: A stored Job");
        status.Text.ShouldContain("Run the version that wrote it, or restore it from a backup");
        (await world.TypeAsync(Bob, "/devflow jobs")).Text.ShouldContain($"Job {job.Id} of prod/shop/my-app cannot");
        (await world.TypeAsync(Bob, "/devflow status other-app")).Text.ShouldNotContain("cannot be read");
        var told = (await StuckAsync(world)).ShouldHaveSingleItem()!;
        told["id"]!.GetValue<string>().ShouldBe(job.Id.ToString());
        told["app"]!.GetValue<string>().ShouldBe("my-app");
        told["environment"]!.GetValue<string>().ShouldBe("production");
        told["rollout"]!.GetValue<string>().ShouldBe("prod/shop/my-app");
        told["reason"]!.GetValue<string>().ShouldStartWith("cannot be read by this version: A stored Job");
        told["whatToDo"]!.GetValue<string>().ShouldStartWith("Run the version that wrote it");
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldStartWith("Nothing was done: what is stored");
        using var refused = await world.CallApiAsync(HttpMethod.Post, $"api/jobs/{job.Id}/promote", "alice", "{}");
        var problem = await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        JsonNode.Parse(problem)!["detail"]!.GetValue<string>().ShouldStartWith("Nothing was done: what is stored");
        world.Patches().ShouldBeEmpty();

        await world.ReadyAsync(app: other);
        (await world.TypeAsync(Alice, "/promote other-app", app: other)).Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded, other);

        await world.StopServiceAsync();
        Rewrite("\"awaitingTheMoon\"", "\"awaitingApproval\"", job.Id);
        await world.StartServiceAsync();
        (await StuckAsync(world)).ShouldBeEmpty();
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
        (await world.WhenAsync("v2", JobStatus.Succeeded)).Id.ShouldBe(job.Id);
    }

    private string Database => Path.Combine(folder, "devflow.db");

    private void Rewrite(string what, string by, JobId job)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE jobs SET document = replace(document, $what, $by) WHERE id = $id";
        command.Parameters.AddWithValue("$what", what);
        command.Parameters.AddWithValue("$by", by);
        command.Parameters.AddWithValue("$id", job.ToString());
        command.ExecuteNonQuery().ShouldBe(1);
    }

    private static async Task<JsonArray> StuckAsync(ReleaseWorld world)
    {
        using var response = await world.CallApiAsync(HttpMethod.Get, "api/stuck", "bob");
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return JsonNode.Parse(text)!["jobs"]!.AsArray();
    }
}
