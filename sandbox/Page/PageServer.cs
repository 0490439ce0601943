using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Sandbox.World;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Devflow.ChatOps.Sandbox.Page;

/// <summary>
/// The one web page of the sandbox: Slack on the left, the cluster and GitHub on the right. It listens before the world is there,
/// so that a taken port is told before anything else happens.
/// </summary>
public sealed class PageServer : IAsyncDisposable
{
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web);
    private static readonly TimeSpan keepAlive = TimeSpan.FromSeconds(15);

    // What the service writes into its store tells nobody else.
    private static readonly TimeSpan lookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan settle = TimeSpan.FromMilliseconds(60);

    private readonly WebApplication app;
    private readonly ConsoleProxy console = new();
    private readonly TaskCompletionSource<PageWorld> world = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Not disposed: it has no timer, and late requests still look at it.
    private readonly CancellationTokenSource stopping = new();

    private PageServer(WebApplication app) => this.app = app;

    /// <summary>Where the page is.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts to listen on the loopback interface.</summary>
    /// <exception cref="SandboxCannotStartException">The port is taken.</exception>
    public static async Task<PageServer> StartAsync(int port, CancellationToken stop)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, SandboxService.NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.ConfigureHttpJsonOptions(it =>
        {
            it.SerializerOptions.RespectNullableAnnotations = true;
            it.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var page = new PageServer(builder.Build());
        page.Map();
        try
        {
            await page.app.StartAsync(stop);
        }
        catch (IOException fault)
        {
            await page.DisposeAsync();
            throw new SandboxCannotStartException(
                $"Port {port} is in use; stop what listens there, or choose another port with --port.",
                fault
            );
        }

        var addresses = page.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        page.Address = new Uri(addresses.Addresses.Single());
        return page;
    }

    /// <summary>Shows this world; requests that came earlier have waited for it.</summary>
    public void Show(SandboxWorld shown) => world.TrySetResult(new PageWorld(shown));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
        {
            return;
        }

        await stopping.CancelAsync();
        world.TrySetCanceled();
        await app.StopAsync();
        await app.DisposeAsync();
        console.Dispose();
        if (world.Task.IsCompletedSuccessfully)
        {
            (await world.Task).Dispose();
        }
    }

    private void Map()
    {
        app.Use(next => context => PageGuard.PassAsync(context, next));
        PageFiles.Map(app);
        app.MapGet("/events", EventsAsync);
        app.MapMethods("/console/{**path}", [HttpMethods.Get, HttpMethods.Post], ConsoleAsync);
        app.MapPost("/act/command", (Typed typed, CancellationToken stop) => ActAsync(it => it.TypeAsync(typed, stop)));
        app.MapPost(
            "/act/press",
            (Pressed pressed, CancellationToken stop) => ActAsync(it => it.PressAsync(pressed, stop))
        );
        app.MapPost("/act/check", (CheckPressed pressed) => ActAsync(it => it.PressCheckAsync(pressed)));
        app.MapPost("/act/merge", (Merged merged) => ActAsync(it => it.MergeAsync(merged)));
        app.MapPost("/act/dismiss", (Dismissed dismissed) => ActAsync(it => it.DismissAsync(dismissed)));
    }

    private async Task ConsoleAsync(HttpContext context) =>
        await console.PassAsync(context, (await world.Task.WaitAsync(context.RequestAborted)).ServiceAddress);

    private async Task EventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping.Token);
        try
        {
            var shown = await world.Task.WaitAsync(over.Token);
            await TellAsync(shown, context.Request.Query["as"].FirstOrDefault() ?? "", context.Response, over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The page was closed, or the sandbox stops.
        }
    }

    private static async Task TellAsync(PageWorld shown, string person, HttpResponse response, CancellationToken stop)
    {
        var last = "";
        var told = Stopwatch.StartNew();
        while (true)
        {
            var next = shown.NextChange;
            var state = await shown.StateForAsync(person, stop);
            var looks = JsonSerializer.Serialize(state with { Now = default }, json);
            if (looks != last || told.Elapsed > keepAlive)
            {
                last = looks;
                told.Restart();
                await response.WriteAsync($"data: {JsonSerializer.Serialize(state, json)}\n\n", stop);
                await response.Body.FlushAsync(stop);
            }

            await Task.WhenAny(next, Task.Delay(lookAgain, stop));
            // Changes come in bunches.
            await Task.Delay(settle, stop);
        }
    }

    private async Task<IResult> ActAsync(Func<PageWorld, Task> act)
    {
        try
        {
            await act(await world.Task);
            return Results.NoContent();
        }
        catch (InvalidOperationException fault)
        {
            return Results.Json(new { error = fault.Message }, statusCode: StatusCodes.Status409Conflict);
        }
    }
}
