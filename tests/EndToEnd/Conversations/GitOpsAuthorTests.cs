using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>What Argo CD syncs together with the commit that asks for a release is shown, and whoever made it does not approve it.</summary>
public sealed class GitOpsAuthorTests
{
    // What was live before is not known to the source repository; whoever is known to have a part in it is refused all the same.
    private static readonly WorldApp app = new()
    {
        IsInGit = true,
        Promote = "{ by: [platform], allowUnknownAuthor: true }",
    };

    [Fact]
    public async Task A_commit_that_rides_along_with_a_release_is_on_the_card_and_its_author_is_refused()
    {
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                Apps = [app],
                Git = new WorldGitOptions { HasSources = true, PollEvery = TimeSpan.FromHours(1) },
            }
        );
        await world.WhenSeenAsync();
        // A sync of just now might be the next release's.
        world.Clock.Skip(TimeSpan.FromMinutes(2));
        await world.HintAsync();
        await world.WhenJobAsync(job => job.SyncedRevision is { Length: > 0 }, "what is live being known");
        var git = world.Git;
        git.GitHub.Directory.PutEmail("bob@example.com", "bob-gh");
        git.GitHub.Directory.PutEmail("carol@example.com", "carol-gh");
        var source = git.Source(app).Commit("main", "Sell more", [new("app.txt", "2\n")], by: "Carol");
        var folder = "apps/my-app/production";
        git.GitOps.Commit("main", "Another way in", [new($"{folder}/back-door.yaml", BackDoor)], by: "Bob");
        var asking = git.Release(app, "v2");
        await AnnounceAsync(world, source, asking);

        await git.RefreshAsync(app);
        await world.WhenAsync("v2", JobStatus.AwaitingApproval);
        var job = await world.WhenJobAsync(job => job.Contents?.IsComplete == true, "the contents");

        job.SyncedRevision.ShouldBe(asking);
        (await world.TypeAsync(Bob, "/promote my-app")).Text.ShouldStartWith("You wrote this release");
        var card = SlackTexts.Of((await world.WhenCardAsync("Another way in")).Content);
        card.ShouldContain("1 file beside the image; 1 commit came with the one that asks for it");
        card.ShouldContain($"{folder}/back-door.yaml");
        world.Patches().ShouldBeEmpty();
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
    }

    private const string BackDoor = """
        apiVersion: v1
        kind: Service
        metadata: { name: back-door, namespace: shop }
        spec: { selector: { app: my-app }, ports: [{ port: 80 }] }

        """;

    private static async Task AnnounceAsync(ReleaseWorld world, string source, string asking)
    {
        var body = new JsonObject
        {
            ["app"] = app.Name,
            ["environment"] = app.Environment,
            ["image"] = $"registry.example.com/{app.Name}",
            ["tag"] = "v2",
            ["sourceCommit"] = source,
            ["gitopsRepository"] = WorldGit.Repository,
            ["gitopsCommit"] = asking,
        };
        using var response = await world.CallApiAsync(HttpMethod.Post, "api/jobs", "carol", body.ToJsonString());
        ((int)response.StatusCode).ShouldBe(201);
    }
}
