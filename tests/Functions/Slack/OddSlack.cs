using System.Collections.Concurrent;
using System.Net;
using Devflow.ChatOps.Functions.Adapters.Slack;
using Devflow.ChatOps.Tests.Functions.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.Slack;

/// <summary>Something at Slack's address that answers what Slack would not, and remembers what it was sent.</summary>
internal sealed class OddSlack : IAsyncDisposable
{
    public const string Token = "xoxb-a-secret";

    private readonly WebApplication app;

    private OddSlack(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            Requests.Enqueue(new(context.Request.Path, context.Request.Headers.Authorization.ToString(), body));
            await answer(context);
        });
    }

    public ConcurrentQueue<OddRequest> Requests { get; } = new();

    public ListLogger<SlackClient> Log { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero));

    public Uri Address { get; private set; } = null!;

    public SlackClient Client { get; private set; } = null!;

    public static Task<OddSlack> AnsweringAsync(
        int status,
        string body,
        string contentType = "application/json",
        IReadOnlyList<string>? teams = null
    ) =>
        StartAsync(
            async context =>
            {
                context.Response.StatusCode = status;
                context.Response.ContentType = contentType;
                await context.Response.WriteAsync(body, context.RequestAborted);
            },
            teams
        );

    public static async Task<OddSlack> StartAsync(Func<HttpContext, Task> answer, IReadOnlyList<string>? teams = null)
    {
        var odd = new OddSlack(answer);
        await odd.app.StartAsync(TestContext.Current.CancellationToken);
        var addresses = odd.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        odd.Address = new Uri(addresses.Addresses.First().TrimEnd('/') + "/");
        odd.Client = new SlackClient(
            new SlackOptions
            {
                ApiAddress = new Uri(odd.Address, "api/"),
                BotToken = Token,
                Teams = teams ?? [],
                ResponseAddress = new Uri(odd.Address, "commands"),
            },
            new SlackGovernor(odd.Time),
            odd.Time,
            odd.Log
        );
        return odd;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }
}

internal sealed record OddRequest(string Path, string Authorization, string Body);
