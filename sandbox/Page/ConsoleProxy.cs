using System.Net;
using Devflow.ChatOps.Sandbox.World;

namespace Devflow.ChatOps.Sandbox.Page;

/// <summary>
/// The sign-in proxy in front of the service's console: here whoever was picked on the page is signed in, without a password.
/// The service believes it as it believes any proxy that its settings name, and nobody else.
/// </summary>
internal sealed class ConsoleProxy : IDisposable
{
    /// <summary>The header that tells the service who is signed in: a GitHub login.</summary>
    public const string IdentityHeader = "X-Sandbox-User";

    /// <summary>The cookie in which the page keeps who was picked: a Slack user id.</summary>
    private const string Cookie = "person";

    private static readonly string[] passedOn =
    [
        "Content-Type",
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Cache-Control",
        "Location",
    ];

    private readonly HttpClient http = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        }
    );

    /// <summary>Answers as the service does, to whoever was picked.</summary>
    public async Task PassAsync(HttpContext context, Uri service)
    {
        var asked = context.Request;
        // Path and query as they came, below the service and nowhere else.
        var address = new UriBuilder(service) { Path = asked.Path.ToUriComponent(), Query = asked.QueryString.Value };
        using var request = new HttpRequestMessage(new HttpMethod(asked.Method), address.Uri);
        request.Headers.Add(IdentityHeader, Picked(asked).GitHub);
        if (HttpMethods.IsPost(asked.Method))
        {
            request.Content = new StreamContent(asked.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", asked.ContentType);
        }

        using var response = await http.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            context.RequestAborted
        );
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (passedOn.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        if (response.StatusCode != HttpStatusCode.SeeOther)
        {
            await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    public void Dispose() => http.Dispose();

    private static SandboxPerson Picked(HttpRequest request) =>
        SandboxTeam.Everybody.FirstOrDefault(person => person.SlackId == request.Cookies[Cookie]) ?? SandboxTeam.Alice;
}
