using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Devflow.ChatOps.Tests.Functions.FunctionsHost;

/// <summary>
/// Does to the built service what the Azure Functions host does to a custom handler: starts the executable that host.json
/// names with the port in its environment, polls <c>/</c> until it answers, proxies the routes of the function.json files
/// as they come, calls timers with <c>POST /{FunctionName}</c>, and kills without a warning.
/// </summary>
internal sealed class FunctionsHost : IAsyncDisposable
{
    private readonly FunctionsApp app;
    private readonly IReadOnlyDictionary<string, string> settings;
    private readonly WebApplication front;
    private readonly HttpClient http = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        }
    )
    {
        Timeout = TimeSpan.FromSeconds(240),
    };
    private volatile ServiceProcess? handler;

    private FunctionsHost(FunctionsApp app, IReadOnlyDictionary<string, string> settings)
    {
        this.app = app;
        this.settings = settings;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        front = builder.Build();
        foreach (var function in app.HttpFunctions)
        {
            var route = string.Join('/', new[] { app.RoutePrefix, function.Route }.Where(part => part.Length > 0));
            front.MapMethods(route, function.Methods, ProxyAsync);
        }
    }

    /// <summary>Where the outside calls, with a final slash.</summary>
    public Uri Address { get; private set; } = new("http://localhost/");

    public ServiceProcess Handler => handler ?? throw new InvalidOperationException("No handler runs.");

    public static async Task<FunctionsHost> StartAsync(
        IReadOnlyDictionary<string, string> settings,
        CancellationToken stop,
        FunctionsApp? app = null
    )
    {
        var host = new FunctionsHost(app ?? FunctionsApp.Built, settings);
        await host.front.StartAsync(stop);
        var addresses = host.front.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        host.Address = new Uri(addresses.Addresses.Single().TrimEnd('/') + "/");
        await host.StartHandlerAsync(stop);
        return host;
    }

    /// <summary>Starts a handler, on a port of its own, and waits until it answers.</summary>
    public async Task StartHandlerAsync(CancellationToken stop)
    {
        handler = ServiceProcess.StartUnderFunctions(app.Executable, app.Root, settings);
        await handler.WhenReadyAsync(stop);
    }

    /// <summary>SIGKILL.</summary>
    public Task KillHandlerAsync() => Handler.KillAsync();

    /// <summary>A tick of the timer; the handler's answer must be one that the host takes for a success.</summary>
    public async Task TickAsync(string function, CancellationToken stop)
    {
        var now = DateTimeOffset.UtcNow;
        var envelope = new JsonObject
        {
            ["Data"] = new JsonObject
            {
                ["timer"] = new JsonObject
                {
                    ["Schedule"] = new JsonObject { ["AdjustForDST"] = true },
                    ["ScheduleStatus"] = null,
                    ["IsPastDue"] = false,
                },
            },
            ["Metadata"] = new JsonObject
            {
                ["sys"] = new JsonObject
                {
                    ["MethodName"] = function,
                    ["UtcNow"] = now.ToString("O"),
                    ["RandGuid"] = Guid.NewGuid().ToString(),
                },
            },
        };
        using var answer = await InvokeAsync(function, envelope, stop);
        var body = await answer.Content.ReadAsStringAsync(stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        // Without an object the host never ends the invocation.
        JsonNode.Parse(body).ShouldBeOfType<JsonObject>();
    }

    /// <summary>Calls a function as the host does in its default mode: <c>POST /{FunctionName}</c> with an envelope.</summary>
    public async Task<HttpResponseMessage> InvokeAsync(string function, JsonObject envelope, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Handler.Address, function));
        request.Content = new StringContent(envelope.ToJsonString(), Encoding.UTF8, "application/json");
        AddInvocation(request);
        return await http.SendAsync(request, stop);
    }

    public async ValueTask DisposeAsync()
    {
        await front.DisposeAsync();
        if (handler is not null)
        {
            await handler.DisposeAsync();
        }

        http.Dispose();
    }

    private async Task ProxyAsync(HttpContext context)
    {
        var incoming = context.Request;
        using var request = new HttpRequestMessage(
            new HttpMethod(incoming.Method),
            new Uri(Handler.Address, incoming.Path + incoming.QueryString.Value)
        );
        if (incoming.ContentLength > 0 || incoming.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(incoming.Body);
        }

        foreach (
            var (name, values) in incoming.Headers.Where(header => header.Key is not ("Host" or "Transfer-Encoding"))
        )
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        AddInvocation(request);
        try
        {
            using var answer = await http.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                context.RequestAborted
            );
            context.Response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            {
                context.Response.Headers[name] = values.ToArray();
            }

            context.Response.Headers.Remove("Transfer-Encoding");
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (HttpRequestException) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
        }
    }

    private static void AddInvocation(HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-HostVersion", "4.1040.0");
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
    }
}
