using System.Net;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Tests.EndToEnd.World;

namespace Devflow.ChatOps.Tests.EndToEnd.ConsolePages;

/// <summary>Somebody who looks at the console through a sign-in proxy, which says who they are.</summary>
/// <param name="login">What the proxy's header says; <c>null</c>: nothing.</param>
internal sealed partial class ConsoleVisitor(ReleaseWorld world, string? login) : IDisposable
{
    public const string IdentityHeader = "X-Auth-Request-User";

    private readonly HttpClient http = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        }
    )
    {
        BaseAddress = world.ServiceAddress,
    };

    /// <summary>A page; a redirect after a form is followed, as browsers do.</summary>
    public Task<ConsoleAnswer> OpenAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), headers);

    /// <summary>Presses the button of a page that has one such form.</summary>
    public Task<ConsoleAnswer> PressAsync(ConsoleAnswer page, params (string Name, string Value)[] headers)
    {
        var form = Form().Matches(page.Html).ShouldHaveSingleItem(page.Html);
        return SubmitAsync(Decoded(form.Groups["action"]), Decoded(form.Groups["seal"]), headers);
    }

    /// <summary>Submits a form, whoever made it.</summary>
    public Task<ConsoleAnswer> SubmitAsync(string path, string? seal, params (string Name, string Value)[] headers) =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new FormUrlEncodedContent(
                    seal is null ? [] : [new KeyValuePair<string, string>("seal", seal)]
                ),
            },
            headers
        );

    /// <summary>The seal of the one form of a page.</summary>
    public static string SealOf(ConsoleAnswer page) => Decoded(Form().Match(page.Html).Groups["seal"]);

    public void Dispose() => http.Dispose();

    private async Task<ConsoleAnswer> SendAsync(HttpRequestMessage request, (string Name, string Value)[] headers)
    {
        using var sent = request;
        if (login is not null)
        {
            request.Headers.TryAddWithoutValidation(IdentityHeader, login);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var stop = TestContext.Current.CancellationToken;
        using var response = await http.SendAsync(request, stop);
        if (response.StatusCode == HttpStatusCode.SeeOther)
        {
            return await OpenAsync(response.Headers.Location!.ToString());
        }

        response.Content.Headers.ContentType?.ToString().ShouldBe("text/html; charset=utf-8");
        response.Headers.CacheControl?.NoStore.ShouldBeTrue();
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'");
        return new ConsoleAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(stop));
    }

    private static string Decoded(Group found) => WebUtility.HtmlDecode(found.Value);

    [GeneratedRegex(
        """<form method="post" action="(?<action>[^"]+)">\s*<input type="hidden" name="seal" value="(?<seal>[^"]+)" />"""
    )]
    private static partial Regex Form();
}

/// <summary>A page as it came.</summary>
internal sealed partial record ConsoleAnswer(int Status, string Html)
{
    /// <summary>What is read on it, in one line.</summary>
    public string Text => Blanks().Replace(WebUtility.HtmlDecode(Tags().Replace(Html, " ")), " ").Trim();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
