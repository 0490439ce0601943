using System.Net;
using System.Net.Http.Headers;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.ArgoCd;

/// <summary>
/// Asks Argo CD through its API, with the token of a project role that may only <c>get</c>
/// (https://argo-cd.readthedocs.io/en/stable/user-guide/projects/#project-roles): reading an Application with
/// <c>refresh=normal</c> compares it with Git first.
/// </summary>
public sealed class ArgoCdApi : IApplicationRefresh, IDisposable
{
    /// <summary>The server marks the Application first and then waits for the comparison; the mark is what matters.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyDictionary<string, ArgoCdServer> servers;
    private readonly HttpClient http;
    private readonly TimeProvider clock;

    /// <param name="servers">By the cluster's name in the catalog.</param>
    /// <param name="clock">For how long is waited.</param>
    public ArgoCdApi(IReadOnlyDictionary<string, ArgoCdServer> servers, TimeProvider clock)
    {
        this.servers = servers;
        this.clock = clock;
        http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(3),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("devflow-chatops");
    }

    /// <inheritdoc />
    public bool Serves(string cluster) => servers.ContainsKey(cluster);

    /// <inheritdoc />
    public async Task<string?> RefreshAsync(ApplicationRef application, CancellationToken stop)
    {
        var server = servers[application.Cluster];
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(server.Address, application));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Token);
        using var timeout = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => null,
                HttpStatusCode.Unauthorized => "Argo CD does not accept the token",
                // Argo CD answers 403 also for what is not there.
                HttpStatusCode.Forbidden =>
                    $"the token may not get the Application {application.Name}, or it is not there",
                HttpStatusCode.NotFound => $"Argo CD has no Application {application.Name}",
                var status => $"Argo CD answers {(int)status}",
            };
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return "Argo CD does not answer in time";
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return $"Argo CD cannot be reached: {fault.Message}";
        }
    }

    public void Dispose() => http.Dispose();

    private static Uri Address(Uri server, ApplicationRef application)
    {
        var root = server.AbsoluteUri.TrimEnd('/');
        var (name, ns) = (Uri.EscapeDataString(application.Name), Uri.EscapeDataString(application.Namespace));
        return new Uri($"{root}/api/v1/applications/{name}?refresh=normal&appNamespace={ns}");
    }
}

/// <summary>An Argo CD. Not a record: a printed record would show its token.</summary>
/// <param name="address">Root of the server.</param>
/// <param name="token">Of a project role.</param>
public sealed class ArgoCdServer(Uri address, string token)
{
    public Uri Address { get; } = address;

    public string Token { get; } = token;
}
