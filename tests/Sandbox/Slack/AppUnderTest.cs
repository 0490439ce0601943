using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Devflow.ChatOps.Tests.Sandbox.Slack;

/// <summary>What the app received from Slack.</summary>
internal sealed record Received(string Path, byte[] Body, string? ContentType, string? Timestamp, string? Signature)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    public string? Field(string name) =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(Text).TryGetValue(name, out var value)
            ? value.ToString()
            : null;
}

/// <summary>An app at the other end of Slack's requests: it keeps them and answers as told.</summary>
internal sealed class AppUnderTest : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Channel<Received> received = Channel.CreateUnbounded<Received>();

    private AppUnderTest()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.MapPost("/{**path}", TakeAsync);
    }

    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public Uri CommandUrl { get; private set; } = new("http://localhost/");

    public Uri InteractionUrl { get; private set; } = new("http://localhost/");

    public static async Task<AppUnderTest> StartAsync()
    {
        var started = new AppUnderTest();
        await started.app.StartAsync(SlackWorld.Patience);
        var server = started.app.Services.GetRequiredService<IServer>();
        var address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        started.CommandUrl = new Uri(address + "/slack/commands");
        started.InteractionUrl = new Uri(address + "/slack/interactions");
        return started;
    }

    public void AnswersJson(string body) =>
        Answer = context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(body);
        };

    public async Task<Received> NextAsync() => await received.Reader.ReadAsync(SlackWorld.Patience);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        string? Header(string name) =>
            context.Request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
        var request = new Received(
            context.Request.Path,
            body.ToArray(),
            context.Request.ContentType,
            Header("X-Slack-Request-Timestamp"),
            Header("X-Slack-Signature")
        );
        received.Writer.TryWrite(request);
        await Answer(context);
    }
}
