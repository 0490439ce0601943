using System.Globalization;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.Page;
using Devflow.ChatOps.Sandbox.Slack;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Devflow.ChatOps.Sandbox.World;

/// <summary>The service itself, as it runs anywhere else, in this process and pointed at the stand-ins.</summary>
internal sealed class SandboxService : IAsyncDisposable
{
    private readonly WebApplication app;

    private SandboxService(WebApplication app, Uri address)
    {
        this.app = app;
        Address = address;
    }

    /// <summary>Where it listens, with a final slash.</summary>
    public Uri Address { get; }

    /// <summary>What it is put together from, for looking at its store.</summary>
    public IServiceProvider Services => app.Services;

    /// <summary>Starts it.</summary>
    public static async Task<SandboxService> StartAsync(
        SandboxFolder folder,
        SandboxSecrets secrets,
        SlackApi slack,
        StandInIssuer issuer,
        SandboxGit git,
        ArgoCdServer argoCd,
        bool isVerbose,
        CancellationToken stop
    )
    {
        var settings = Settings(folder, secrets, slack, issuer, git, argoCd, isVerbose);
        var app = await ServiceHost.BuildAsync(
            [],
            builder =>
            {
                // The environment of whoever starts the sandbox is not the sandbox's configuration.
                builder.Configuration.Sources.Clear();
                builder.Configuration.AddInMemoryCollection(settings);
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
                builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
            }
        );
        await app.StartAsync(stop);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return new SandboxService(app, new Uri(addresses.Addresses.Single().TrimEnd('/') + "/"));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static Dictionary<string, string?> Settings(
        SandboxFolder folder,
        SandboxSecrets secrets,
        SlackApi slack,
        StandInIssuer issuer,
        SandboxGit git,
        ArgoCdServer argoCd,
        bool isVerbose
    )
    {
        var installation = slack.Workspace.Installation;
        return new Dictionary<string, string?>
        {
            ["Devflow:Catalog"] = folder.Catalog,
            ["Devflow:Store"] = "sqlite:" + folder.Store,
            ["Devflow:Holder"] = "sandbox",
            ["Devflow:SealingKey"] = secrets.SealingKey,
            ["Devflow:Slack:ApiAddress"] = slack.ApiAddress.ToString(),
            ["Devflow:Slack:ResponseAddress"] = slack.Address.ToString(),
            ["Devflow:Slack:BotToken"] = installation.BotToken,
            ["Devflow:Slack:SigningSecrets:0"] = installation.SigningSecret,
            ["Devflow:Slack:Teams:0"] = installation.TeamId,
            ["Devflow:Slack:Apps:0"] = installation.AppId,
            [$"Devflow:Hooks:{SandboxCatalog.Cluster}:0"] = secrets.HookToken,
            ["Devflow:GitHub:ApiAddress"] = git.Api.Address.ToString(),
            ["Devflow:GitHub:GraphQlAddress"] = git.Api.GraphQlAddress.ToString(),
            ["Devflow:GitHub:AppId"] = git.App.Id.ToString(CultureInfo.InvariantCulture),
            ["Devflow:GitHub:PrivateKey"] = git.App.PrivateKey,
            ["Devflow:GitHub:WebhookSecrets:0"] = git.App.WebhookSecret,
            [$"Devflow:ArgoCd:{SandboxCatalog.Cluster}:Address"] = argoCd.Address.ToString(),
            [$"Devflow:ArgoCd:{SandboxCatalog.Cluster}:Token"] = argoCd.Token,
            // Of workflow runs; GitHub's own would be the default.
            ["Devflow:Api:Issuer"] = issuer.Address,
            ["Devflow:Api:Audience"] = StandInIssuer.Audience,
            ["Devflow:Console:IdentityHeader"] = ConsoleProxy.IdentityHeader,
            ["Devflow:Console:Proxies:0"] = "127.0.0.1",
            // The provider's own levels go before those that the service sets for all providers.
            ["Logging:Console:LogLevel:Default"] = isVerbose ? "Information" : "Error",
            ["Logging:Console:LogLevel:Microsoft.AspNetCore"] = "Warning",
        };
    }

    /// <summary>Ctrl+C is the sandbox's affair: it stops its parts in order.</summary>
    internal sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
