using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Devflow.ChatOps.Tests.Functions.Kubernetes;

/// <summary>What a server got.</summary>
internal sealed record Seen(
    string Method,
    string Path,
    string Body,
    string? ContentType,
    string? Authorization,
    string Connection
);

/// <summary>An API server that does what a test says, however odd, and remembers what it was asked.</summary>
internal sealed class OddServer : IAsyncDisposable
{
    private readonly WebApplication host;
    private readonly ConcurrentQueue<Seen> seen = new();

    private OddServer(WebApplication host) => this.host = host;

    /// <summary>How requests are answered; may be changed while it runs.</summary>
    public required Func<HttpContext, Seen, Task> Answer { get; set; }

    public IReadOnlyList<Seen> Requests => [.. seen];

    /// <summary>Its address as a client sees it.</summary>
    public Uri Address { get; private set; } = null!;

    public static async Task<OddServer> StartAsync(
        Func<HttpContext, Seen, Task> answer,
        X509Certificate2? certificate = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    if (certificate is not null)
                    {
                        listen.UseHttps(certificate);
                    }
                }
            )
        );
        var server = new OddServer(builder.Build()) { Answer = answer };
        server.host.Run(server.HandleAsync);
        await server.host.StartAsync();
        var addresses = server.host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.Address = new Uri(addresses.Addresses.Single());
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await host.DisposeAsync();
    }

    /// <summary>Answers with this status and text.</summary>
    public static Func<HttpContext, Seen, Task> Says(int status, string body, string type = "application/json") =>
        (http, _) => Say(http, status, body, type);

    public static Task Say(HttpContext http, int status, string body, string type = "application/json")
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        return http.Response.WriteAsync(body);
    }

    private async Task HandleAsync(HttpContext http)
    {
        using var body = new StreamReader(http.Request.Body);
        var request = new Seen(
            http.Request.Method,
            $"{http.Request.Path}{http.Request.QueryString}",
            await body.ReadToEndAsync(),
            http.Request.ContentType,
            http.Request.Headers.Authorization,
            http.Connection.Id
        );
        seen.Enqueue(request);
        await Answer(http, request);
    }
}
