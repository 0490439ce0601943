using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub;

/// <summary>An event as it arrived.</summary>
internal sealed record ReceivedEvent(IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>An App's webhook that keeps what it got.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<ReceivedEvent> events = new();
    private readonly Channel<ReceivedEvent> arrivals = Channel.CreateUnbounded<ReceivedEvent>();

    private HookReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost("/hook", (RequestDelegate)TakeAsync);
    }

    public Uri Address { get; private set; } = null!;

    public IReadOnlyCollection<ReceivedEvent> Events => events;

    /// <summary>The status of the next answers.</summary>
    public int Status { get; set; } = 202;

    /// <summary>Answers wait for it.</summary>
    public Task Until { get; set; } = Task.CompletedTask;

    public static async Task<HookReceiver> StartAsync()
    {
        var receiver = new HookReceiver();
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        var addresses = receiver.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        receiver.Address = new Uri(new Uri(addresses.Addresses.Single()), "hook");
        return receiver;
    }

    /// <summary>The next one that nobody has taken yet; waits for it.</summary>
    public ValueTask<ReceivedEvent> NextAsync() => arrivals.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString());
        var arrived = new ReceivedEvent(headers, body.ToArray());
        events.Enqueue(arrived);
        arrivals.Writer.TryWrite(arrived);
        await Until.WaitAsync(http.RequestAborted);
        http.Response.StatusCode = Status;
        await http.Response.WriteAsync("taken");
    }
}
