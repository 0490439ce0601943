namespace Devflow.ChatOps.Action.Service;

/// <summary>The HTTP client for the service and for the runner's tokens.</summary>
internal static class ServiceHttp
{
    /// <summary>The service answers an announcement within 25 s, or says that it works on it.</summary>
    private static readonly TimeSpan timeout = TimeSpan.FromSeconds(60);

    private const int LargestAnswer = 4 * 1024 * 1024;

    /// <summary>Follows no redirects: a token goes to the address that was configured, or nowhere.</summary>
    public static HttpClient Open()
    {
        var http = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) }
        )
        {
            Timeout = timeout,
            MaxResponseContentBufferSize = LargestAnswer,
        };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("devflow-action");
        http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        return http;
    }
}
