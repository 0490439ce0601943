using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>An app whose desired state is in Git, and its release v2 live.</summary>
internal static class GitStage
{
    public const string V1 = "registry.example.com/my-app:v1";
    public const string V2 = "registry.example.com/my-app:v2";

    /// <summary>Argo CD's own, where it is on.</summary>
    public static readonly TimeSpan SelfHeal = TimeSpan.FromSeconds(5);

    /// <summary>There is no source repository here that could tell who made a release.</summary>
    public static readonly WorldApp InGit = new()
    {
        IsInGit = true,
        Promote = "{ by: [platform], allowUnknownAuthor: true }",
        More = "rollback: { by: [platform, oncall] }",
    };

    public static Task<ReleaseWorld> StartAsync(
        WorldApp app,
        WorldGitOptions? git = null,
        Dictionary<string, string?>? settings = null
    ) =>
        ReleaseWorld.StartAsync(
            new WorldOptions
            {
                Apps = [app],
                Git = git ?? new WorldGitOptions(),
                Settings = settings ?? [],
            }
        );

    /// <summary>v2 was promoted by Alice.</summary>
    public static async Task<Job> LiveAsync(ReleaseWorld world)
    {
        await world.ReadyAsync();
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
        return await world.WhenAsync("v2", JobStatus.Succeeded);
    }
}
