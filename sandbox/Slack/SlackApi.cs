using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>
/// Slack's Web API and its response URLs for one <see cref="SlackWorkspace"/>, on a loopback port. It is meant never to be
/// easier than Slack: what passes here passes there.
/// </summary>
public sealed class SlackApi : IAsyncDisposable
{
    /// <summary>The scopes of the product's app manifest.</summary>
    public static readonly IReadOnlyList<string> DefaultScopes =
    [
        "commands",
        "chat:write",
        "channels:history",
        "groups:history",
        "channels:read",
        "groups:read",
        "users:read",
        "usergroups:read",
    ];

    private readonly WebApplication app;
    private readonly CancellationTokenSource stopping = new();
    private readonly SlackScopes scopes;
    private readonly SlackApiEndpoint endpoint;

    private SlackApi(SlackWorkspace workspace, TimeProvider time, int port)
    {
        Workspace = workspace;
        scopes = new SlackScopes(DefaultScopes);
        Triggers = new SlackTriggers(time);
        ResponseUrls = new SlackResponseUrls(workspace, time);
        endpoint = new SlackApiEndpoint(this, scopes, time, stopping.Token);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        app = builder.Build();
        app.Map("/api/{method}", endpoint.CallAsync);
        app.MapPost("/commands/{**rest}", endpoint.RespondAsync);
        app.MapPost("/actions/{**rest}", endpoint.RespondAsync);
    }

    /// <summary>The workspace behind it.</summary>
    public SlackWorkspace Workspace { get; }

    /// <summary>Root of the stand-in, with a final slash; the Web API is at <c>api/</c> below it.</summary>
    public Uri Address { get; private set; } = new("http://localhost/");

    /// <summary>Base of the Web API, what <c>https://slack.com/api/</c> is otherwise.</summary>
    public Uri ApiAddress => new(Address, "api/");

    /// <summary>The scopes granted to the app; <see cref="DefaultScopes"/> at first.</summary>
    public IReadOnlySet<string> Scopes
    {
        get => scopes.Current;
        set => scopes.Current = value;
    }

    /// <summary>Whether 429 is answered to a caller that is too fast. On by default.</summary>
    public bool EnforcesRateLimits { get; set; } = true;

    /// <summary>Asked for every call after it was logged; an answer that is not <see langword="null"/> goes wrong that way.</summary>
    public Func<SlackCall, SlackFault?>? Faults { get; set; }

    /// <summary>Every request so far.</summary>
    public SlackCallLog Log { get; } = new();

    internal SlackTriggers Triggers { get; }

    internal SlackResponseUrls ResponseUrls { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="workspace">State to serve.</param>
    /// <param name="time">Clock of rate limits and expiries.</param>
    /// <param name="port">Loopback port; 0 takes a free one.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<SlackApi> StartAsync(
        SlackWorkspace workspace,
        TimeProvider time,
        int port = 0,
        CancellationToken cancellation = default
    )
    {
        var api = new SlackApi(workspace, time, port);
        await api.app.StartAsync(cancellation);
        var addresses = api
            .app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses;
        api.Address = new Uri(addresses.First().TrimEnd('/') + "/");
        return api;
    }

    /// <summary>Stops; requests that hang are cut.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await app.DisposeAsync();
        stopping.Dispose();
    }

    internal Uri IssueResponseUrl(SlackResponseTarget target) => new(Address, ResponseUrls.Issue(target));
}
