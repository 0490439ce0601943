using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.Sandbox.GitHub;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.GitOps.Releasing;

/// <summary>The way to GitHub that a test takes.</summary>
public enum Way
{
    GraphQl,
    Rest,
}

/// <summary>A GitHub with one GitOps repository in it, and the loop in front of it.</summary>
internal sealed class ReleaseWorld : IAsyncDisposable
{
    public const string Kustomized = "apps/shop/production/kustomization.yaml";
    public const string Repository = "acme/gitops";

    private const string Secret = "ghs_of-the-test";

    private ReleaseWorld(GitHubApi api, GitHubRepository gitOps, Way way)
    {
        (Api, GitOps, Way) = (api, gitOps, way);
        api.HasGraphQl = way == Way.GraphQl;
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public GitHubApi Api { get; }

    public GitHubRepository GitOps { get; }

    public Way Way { get; }

    /// <summary>The stand-in's clock stands; the loop's own runs ahead by itself, so that no test waits.</summary>
    public FakeTimeProvider Time { get; private init; } = new();

    public static async Task<ReleaseWorld> StartAsync(Way way, string? folder = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var world = new GitHubWorld(time);
        world.AddToken(new GitHubToken(Secret, "devflow[bot]"));
        var gitOps = world.AddRepository(Repository, folder);
        gitOps.Commit("main", "Begin", [KeyValuePair.Create(Kustomized, (string?)Kustomization("1.0.0"))]);
        var api = await GitHubApi.StartAsync(world, cancellation: Cancellation);
        return new ReleaseWorld(api, gitOps, way) { Time = time };
    }

    public static string Kustomization(string tag, string image = "registry.example.com/shop") =>
        $"# who wrote this?\nresources: [rollout.yaml]\nimages:\n  - name: {image}\n    newTag: \"{tag}\"  # the release\n";

    public static ImageRelease Image(string tag, string? digest = null, string name = "registry.example.com/shop") =>
        new(ImageName.TryParse(name)!, tag, digest);

    public static string Digest(char letter) => "sha256:" + new string(letter, 64);

    public static ReleaseOrder Order(string tag, int run = 7, int attempt = 1) =>
        new()
        {
            Repository = Repository,
            Branch = "main",
            App = "shop",
            Environment = "production",
            Images = [Image(tag)],
            Files = [Kustomized],
            Run = new RunIdentity(4711, "release.yml", run, attempt),
            SourceCommit = "0123456789abcdef0123456789abcdef01234567",
            Actor = "alice",
        };

    public GitHubConnection Connect(string token = Secret, TimeSpan? timeout = null) =>
        new(Api.Address, Api.GraphQlAddress, () => Task.FromResult(token), Time, timeout);

    /// <summary>Runs an order as a process of its own would.</summary>
    public Task<ReleaseOutcome> RunAsync(ReleaseOrder order, string token = Secret, TimeSpan? timeout = null) =>
        new ReleaseCommitter(Host(token, timeout), new RushingTime(Time), () => 0.5).RunAsync(order, Cancellation);

    public IGitHost Host(string token = Secret, TimeSpan? timeout = null) =>
        Way == Way.GraphQl ? new GitHubHost(Connect(token, timeout)) : new RestHost(Connect(token, timeout));

    /// <summary>Runs an order that must end with a commit on the branch; its message.</summary>
    public async Task<string> CommitAsync(ReleaseOrder order)
    {
        var done = (await RunAsync(order)).ShouldBeOfType<ReleaseOutcome.Committed>();
        return GitOps.Git.Commit(done.CommitSha.Value)!.Message;
    }

    /// <summary>What goes wrong with the first request that fits, once.</summary>
    public void Once(Func<GitHubCall, bool> which, GitHubFault fault)
    {
        var left = 1;
        Api.Faults = call => which(call) && Interlocked.Exchange(ref left, 0) == 1 ? fault : null;
    }

    public ValueTask DisposeAsync() => Api.DisposeAsync();
}

/// <summary>A clock whose delays are over as soon as they begin; how long they would have been is kept.</summary>
internal sealed class RushingTime(FakeTimeProvider time) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime < TimeSpan.Zero ? dueTime : TimeSpan.Zero, period);
}
