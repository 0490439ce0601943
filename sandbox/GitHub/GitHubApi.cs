using System.Net;
using Devflow.ChatOps.Sandbox.GitHub.GraphQl;
using Devflow.ChatOps.Sandbox.GitHub.Limits;
using Devflow.ChatOps.Sandbox.GitHub.Rest;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>
/// GitHub's REST and GraphQL APIs for one <see cref="GitHubWorld"/>, on a loopback port. It is meant never to be easier than
/// GitHub: what passes here passes there.
/// </summary>
public sealed class GitHubApi : IAsyncDisposable
{
    private readonly WebApplication app;

    private GitHubApi(GitHubWorld world, int port)
    {
        World = world;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        app = builder.Build();
        app.Use(new GitHubEdge(this).InvokeAsync);
        RepositoryEndpoints.Map(app);
        GitDatabaseEndpoints.Map(app);
        ReferenceEndpoints.Map(app);
        PullEndpoints.Map(app);
        CommitEndpoints.Map(app);
        CheckRunEndpoints.Map(app);
        DeploymentEndpoints.Map(app);
        CommentEndpoints.Map(app);
        OrganizationEndpoints.Map(app);
        AppEndpoints.Map(app);
        HookEndpoints.Map(app);
        GraphQlEndpoint.Map(app, this);
        app.MapFallback(_ => throw GitHubRefusalException.NotFound());
    }

    public GitHubWorld World { get; }

    /// <summary>Root of the REST API, with a final slash; what <c>https://api.github.com/</c> is otherwise.</summary>
    public Uri Address { get; private set; } = new("http://localhost/");

    public Uri GraphQlAddress => new(Address, "graphql");

    /// <summary>Whether GraphQL is there; without it, its path is answered 404.</summary>
    public bool HasGraphQl { get; set; } = true;

    /// <summary>Whether the tree of a branch is answered with the id of the commit (as GitHub does) or of the tree (as its reference says).</summary>
    public bool TreesEchoCommits { get; set; } = true;

    /// <summary>How much an App's installation may ask for; everybody else may ask for more than any test does.</summary>
    public GitHubQuotas Quotas { get; set; } = new();

    /// <summary>How many entries of a tree are listed at most; GitHub cuts after as many (https://docs.github.com/rest/git/trees#get-a-tree).</summary>
    public int LongestTree { get; set; } = 100_000;

    /// <summary>Asked for every request after it was logged; an answer that is not null goes wrong that way.</summary>
    public Func<GitHubCall, GitHubFault?>? Faults { get; set; }

    /// <summary>Every request so far.</summary>
    public GitHubCallLog Log { get; } = new();

    /// <summary>Starts to listen.</summary>
    /// <param name="world">State to serve.</param>
    /// <param name="port">Loopback port; 0 takes a free one.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<GitHubApi> StartAsync(
        GitHubWorld world,
        int port = 0,
        CancellationToken cancellation = default
    )
    {
        var api = new GitHubApi(world, port);
        await api.app.StartAsync(cancellation);
        var addresses = api.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        api.Address = new Uri(addresses.Addresses.First().TrimEnd('/') + "/");
        world.Address = api.Address;
        return api;
    }

    /// <summary>Stops to listen, and to send events: deliveries that are under way are given up.</summary>
    public async ValueTask DisposeAsync()
    {
        await World.Hooks.StopAsync();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
