using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>
/// The part of Argo CD's API that a release meets: Applications, read with the token of a project role that may only get
/// (https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/). Everything else is forbidden to it.
/// </summary>
public sealed class ArgoCdServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ObjectStore store;
    private readonly Func<string, Task> refresh;
    private int refreshes;

    private ArgoCdServer(ObjectStore store, Func<string, Task> refresh)
    {
        (this.store, this.refresh) = (store, refresh);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.MapGet("/api/v1/applications/{name}", GetAsync);
        app.MapFallback(http => RefuseAsync(http, HttpStatusCode.Forbidden, 7, "permission denied"));
        app.Use(AuthenticateAsync);
    }

    /// <summary>Root of the server, with a final slash.</summary>
    public Uri Address { get; private set; } = new("http://localhost/");

    /// <summary>The token of a project role that may get Applications.</summary>
    public string Token { get; } = RandomNumberGenerator.GetHexString(48, lowercase: true);

    /// <summary>How often somebody had it look into Git.</summary>
    public int Refreshes => Volatile.Read(ref refreshes);

    /// <summary>Starts to listen on a loopback port.</summary>
    /// <param name="store">Where the Applications are.</param>
    /// <param name="refresh">Looks into Git for an Application.</param>
    /// <param name="stop">Ends the start.</param>
    public static async Task<ArgoCdServer> StartAsync(
        ObjectStore store,
        Func<string, Task> refresh,
        CancellationToken stop = default
    )
    {
        var server = new ArgoCdServer(store, refresh);
        await server.app.StartAsync(stop);
        var addresses = server.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.Address = new Uri(addresses.Addresses.Single().TrimEnd('/') + "/");
        return server;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private Task AuthenticateAsync(HttpContext http, RequestDelegate next)
    {
        return http.Request.Headers.Authorization.ToString() == $"Bearer {Token}"
            ? next(http)
            : RefuseAsync(http, HttpStatusCode.Unauthorized, 16, "invalid session: token is malformed or not known");
    }

    private async Task GetAsync(HttpContext http, string name)
    {
        var ns = http.Request.Query["appNamespace"].ToString() is { Length: > 0 } asked
            ? asked
            : ArgoCd.ApplicationNamespace;
        // Whoever may not see an Application is not told that there is none.
        if (store.Get(Resources.Application, ns, name) is null)
        {
            await RefuseAsync(http, HttpStatusCode.Forbidden, 7, "permission denied");
            return;
        }

        if (http.Request.Query["refresh"].ToString() is "normal" or "hard")
        {
            Interlocked.Increment(ref refreshes);
            await refresh(name);
        }

        await WriteAsync(http, HttpStatusCode.OK, store.Get(Resources.Application, ns, name)!);
    }

    private static Task RefuseAsync(HttpContext http, HttpStatusCode status, int code, string message) =>
        WriteAsync(
            http,
            status,
            new JsonObject
            {
                ["error"] = message,
                ["code"] = code,
                ["message"] = message,
            }
        );

    private static Task WriteAsync(HttpContext http, HttpStatusCode status, JsonObject body)
    {
        http.Response.StatusCode = (int)status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString(), http.RequestAborted);
    }
}
