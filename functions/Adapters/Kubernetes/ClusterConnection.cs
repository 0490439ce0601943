using System.Net;
using System.Security.Cryptography.X509Certificates;
using k8s;

namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>
/// One identity at one cluster: the client library's handlers and credentials. Requests borrow it; a connection that
/// was replaced is closed when the last one gives it back.
/// </summary>
internal sealed class ClusterConnection
{
    private readonly k8s.Kubernetes client;
    private readonly string? tlsServerName;
    private readonly Lock gate = new();
    private int borrowed;
    private bool retired;

    private ClusterConnection(
        string cluster,
        string source,
        bool runsProgram,
        string? tlsServerName,
        k8s.Kubernetes client
    )
    {
        Cluster = cluster;
        Source = source;
        RunsProgram = runsProgram;
        this.tlsServerName = tlsServerName;
        this.client = client;
    }

    /// <summary>The cluster's name in the catalog.</summary>
    public string Cluster { get; }

    /// <summary>Where the identity comes from, for sentences: the kubeconfig's path or the Pod's service account.</summary>
    public string Source { get; }

    /// <summary>A credential program gives the identity; a 401 asks for running it again.</summary>
    public bool RunsProgram { get; }

    /// <summary>The API server, with a trailing slash.</summary>
    public Uri BaseUri => client.BaseUri;

    /// <summary>
    /// Builds it; nothing is sent yet. A request goes out once: redirects are not followed, and a connection that
    /// breaks after a body was sent is never tried again by the handler.
    /// </summary>
    public static ClusterConnection Open(
        string cluster,
        string source,
        bool runsProgram,
        KubernetesClientConfiguration config,
        KubernetesOptions options
    )
    {
        SocketsHttpHandler? sockets = null;
        config.UserAgent = "devflow-chatops";
        config.FirstMessageHandlerSetup = handler =>
        {
            sockets = handler;
            handler.AllowAutoRedirect = false;
            handler.UseCookies = false;
            handler.ConnectTimeout = options.ConnectTimeout;
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
            handler.MaxResponseHeadersLength = 64;
            // A watch keeps its stream for minutes, and a server allows some hundred in one connection: reads must not
            // queue up behind them.
            handler.EnableMultipleHttp2Connections = true;
        };
        var client = new k8s.Kubernetes(config);
        VerifyNames(sockets!, config);
        return new ClusterConnection(
            cluster,
            source,
            runsProgram,
            string.IsNullOrEmpty(config.TlsServerName) ? null : config.TlsServerName,
            client
        );
    }

    /// <summary>Sends with the identity; returns as soon as the headers are there.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken stop)
    {
        if (client.Credentials is { } credentials)
        {
            // A credential program does not listen to cancellation.
            await credentials.ProcessHttpRequestAsync(request, stop).WaitAsync(stop);
        }

        if (tlsServerName is not null)
        {
            // SocketsHttpHandler takes the name for TLS from here and overwrites SslOptions.TargetHost.
            request.Headers.Host = tlsServerName;
        }

        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        return await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
    }

    /// <summary>Borrows it until the result is disposed; null when it is closed already.</summary>
    public IDisposable? Borrow()
    {
        lock (gate)
        {
            if (retired)
            {
                return null;
            }

            borrowed++;
            return new Loan(this);
        }
    }

    /// <summary>Closes it as soon as nobody uses it.</summary>
    public void Retire()
    {
        lock (gate)
        {
            if (retired)
            {
                return;
            }

            retired = true;
            if (borrowed > 0)
            {
                return;
            }
        }

        client.Dispose();
    }

    private void GiveBack()
    {
        lock (gate)
        {
            borrowed--;
            if (!retired || borrowed > 0)
            {
                return;
            }
        }

        client.Dispose();
    }

    // With a CA of its own the library's callback accepts a certificate of any name that this CA signed. The platform's
    // check with the same CA as trust store also compares names.
    private static void VerifyNames(SocketsHttpHandler sockets, KubernetesClientConfiguration config)
    {
        if (config.SkipTlsVerify || config.SslCaCerts is not { Count: > 0 } authorities)
        {
            return;
        }

        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        sockets.SslOptions.CertificateChainPolicy = policy;
        sockets.SslOptions.RemoteCertificateValidationCallback = null;
    }

    private sealed class Loan(ClusterConnection connection) : IDisposable
    {
        private ClusterConnection? open = connection;

        public void Dispose() => Interlocked.Exchange(ref open, null)?.GiveBack();
    }
}
