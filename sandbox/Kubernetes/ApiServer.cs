using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>
/// A Kubernetes API server in this process, on the loopback interface, over an <see cref="ObjectStore"/>. Good enough
/// that kubectl and client libraries take it for a real one; its answers are those recorded from version 1.34.
/// </summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication host;
    private readonly ApiDispatcher dispatcher;
    private readonly CancellationToken stopping;
    private readonly X509Certificate2? certificate;

    private ApiServer(WebApplication host, ObjectStore store, ApiServerOptions options, X509Certificate2? certificate)
    {
        this.host = host;
        this.certificate = certificate;
        Store = store;
        Fault = options.Fault;
        Requests = new RequestLog(options.RequestLogCapacity);
        stopping = host.Lifetime.ApplicationStopping;
        dispatcher = new ApiDispatcher(store, options, stopping);
        Address = new Uri("http://127.0.0.1");
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; }

    /// <summary>What it serves.</summary>
    public ObjectStore Store { get; }

    /// <summary>What was asked, for tests.</summary>
    public RequestLog Requests { get; }

    /// <summary>Asked before each request what is to go wrong with it; null, or an answer of null: nothing.</summary>
    public Func<HttpRequest, Fault?>? Fault { get; set; }

    /// <summary>Starts listening.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<ApiServer> StartAsync(
        ObjectStore store,
        ApiServerOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        options ??= new ApiServerOptions();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        var certificate = options.UseTls ? LoopbackCertificate.Create(options.Clock.GetUtcNow()) : null;
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ApiRequest.MaxBody;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(
                IPAddress.Loopback,
                options.Port,
                listen =>
                {
                    if (certificate is not null)
                    {
                        listen.UseHttps(certificate);
                    }
                }
            );
        });
        var host = builder.Build();
        var server = new ApiServer(host, store, options, certificate);
        host.Run(server.HandleAsync);
        await host.StartAsync(cancellationToken);
        var addresses = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.Address = new Uri(addresses.Addresses.Single());
        return server;
    }

    /// <summary>
    /// Writes a kubeconfig for kubectl and client libraries, readable by its owner only. kubectl sends a token over TLS
    /// only (<see cref="ApiServerOptions.UseTls"/>).
    /// </summary>
    public void WriteKubeconfig(string path, string? token = null, string ns = "default") =>
        Kubeconfig.Write(path, Address, certificate, token, ns);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await host.DisposeAsync();
        certificate?.Dispose();
    }

    private async Task HandleAsync(HttpContext http)
    {
        var request = new ApiRequest(http, ApiUser.Anonymous, []);
        try
        {
            var body = await ReadBodyAsync(http);
            request = new ApiRequest(http, ApiUser.Anonymous, body);
            http.Response.OnStarting(() =>
            {
                Log(request, http.Response.StatusCode);
                if (request.LosesAnswer)
                {
                    http.Abort();
                }

                return Task.CompletedTask;
            });
            request = new ApiRequest(http, dispatcher.Authenticate(http.Request), body);
            if (await PassesAsync(request))
            {
                await dispatcher.AnswerAsync(request);
            }
        }
        catch (ApiException failure)
        {
            await request.AnswerAsync(failure);
        }
        catch (OperationCanceledException)
            when (request.Aborted.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            http.Abort();
        }
        catch (Exception fault) when (!http.Response.HasStarted && fault is not IOException)
        {
            // A fault of the stand-in itself; its text goes to the client, which in a test is where it is seen.
            await request.AnswerAsync(
                new ApiException(
                    500,
                    "InternalError",
                    $"Internal error occurred: {fault.GetType().Name}: {fault.Message}"
                )
            );
        }
    }

    /// <summary>Performs the fault that is due, if any; false when the request has been dealt with by it.</summary>
    private async Task<bool> PassesAsync(ApiRequest request)
    {
        switch (Fault?.Invoke(request.Http.Request))
        {
            case Kubernetes.Fault.Answer(var status, var retryAfter, var message):
                throw new ApiException(
                    status,
                    FaultReasons.Of(status),
                    message ?? FaultReasons.MessageOf(status),
                    retryAfter: retryAfter is { } wait ? (int)Math.Ceiling(wait.TotalSeconds) : null
                );
            case Kubernetes.Fault.Delay(var time):
                await Task.Delay(time, request.Aborted);
                return true;
            case Kubernetes.Fault.Hang:
                Log(request, 0);
                using (var over = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, stopping))
                {
                    await Task.Delay(Timeout.Infinite, over.Token);
                }

                return false;
            case Kubernetes.Fault.Cut:
                Log(request, 0);
                request.Http.Abort();
                return false;
            case Kubernetes.Fault.LoseAnswer:
                request.LosesAnswer = true;
                return true;
            default:
                return true;
        }
    }

    private void Log(ApiRequest request, int status)
    {
        // A response that nobody gets begins all the same when its connection is gone.
        if (request.IsLogged)
        {
            return;
        }

        request.IsLogged = true;
        var http = request.Http.Request;
        Requests.Add(
            new LoggedRequest(
                http.Method,
                $"{http.Path}{http.QueryString}",
                Encoding.UTF8.GetString(request.Body),
                status,
                request.User.Name
            )
        );
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext http)
    {
        if (http.Request.ContentLength is 0 || (http.Request.ContentLength is null && http.Request.Method is "GET"))
        {
            return [];
        }

        using var buffer = new MemoryStream();
        try
        {
            await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == 413)
        {
            throw ApiErrors.TooLarge(ApiRequest.MaxBody);
        }

        return buffer.ToArray();
    }
}
