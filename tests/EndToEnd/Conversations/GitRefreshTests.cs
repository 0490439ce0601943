using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.Conversations.GitStage;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>After a rollback Argo CD is asked to look into Git, by its API or by an annotation.</summary>
public sealed class GitRefreshTests
{
    [Fact]
    public async Task An_Argo_CD_that_cannot_be_asked_looks_by_itself_and_that_is_told()
    {
        await using var world = await StartAsync(
            InGit,
            settings: new() { [$"Devflow:ArgoCd:{Cluster}:Token"] = "of-somebody-else" }
        );
        await LiveAsync(world);

        await world.TypeAsync(Bob, "/rollback my-app");

        await world.WhenAsync("v2", JobStatus.RolledBack);
        var told = await world.WhenJobAsync(
            job => job.Timeline.Any(entry => entry.Text.Contains("was not asked to refresh")),
            "that being told"
        );
        told.Timeline.Single(entry => entry.Text.Contains("was not asked to refresh"))
            .Text.ShouldBe(
                "Argo CD was not asked to refresh (Argo CD does not accept the token); it looks by itself within minutes."
            );
        world.Git.Server.Refreshes.ShouldBe(0);
    }

    [Fact]
    public async Task The_annotation_is_the_fallback_where_it_is_allowed()
    {
        await using var world = await StartAsync(
            InGit,
            settings: new()
            {
                [$"Devflow:ArgoCd:{Cluster}:Token"] = "of-somebody-else",
                [$"Devflow:ArgoCd:{Cluster}:Annotate"] = "true",
            }
        );
        await LiveAsync(world);

        await world.TypeAsync(Bob, "/rollback my-app");

        var job = await world.WhenAsync("v2", JobStatus.RolledBack);
        Annotations(world).ShouldHaveSingleItem();
        job.Timeline.ShouldNotContain(entry => entry.Text.Contains("was not asked to refresh"));
    }

    [Fact]
    public async Task The_annotation_asks_Argo_CD_where_an_installation_prefers_it()
    {
        await using var world = await StartAsync(
            InGit,
            new WorldGitOptions { PollEvery = TimeSpan.FromHours(1) },
            new()
            {
                [$"Devflow:ArgoCd:{Cluster}:Address"] = null,
                [$"Devflow:ArgoCd:{Cluster}:Token"] = null,
                [$"Devflow:ArgoCd:{Cluster}:Annotate"] = "true",
            }
        );
        await world.WhenSeenAsync();
        await world.AnnounceAsync("v2", "carol");
        world.Release("v2");
        await world.Git.RefreshAsync(InGit);
        await world.WhenAsync("v2", JobStatus.AwaitingApproval);

        await world.TypeAsync(Bob, "/rollback my-app");

        await world.WhenAsync("v2", JobStatus.RolledBack);
        Annotations(world)
            .ShouldHaveSingleItem()
            .ShouldBe("""{"metadata":{"annotations":{"argocd.argoproj.io/refresh":"normal"}}}""");
    }

    /// <summary>Bodies of what was patched in Applications.</summary>
    private static IReadOnlyList<string> Annotations(ReleaseWorld world) =>
        [
            .. world
                .Cluster.Requests.Entries.Where(request =>
                    request.Method == "PATCH" && request.Path.Contains("/applications/")
                )
                .Select(request => request.Body),
        ];
}
