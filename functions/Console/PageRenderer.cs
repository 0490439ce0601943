using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Devflow.ChatOps.Functions.Console;

/// <summary>Draws a page on the server. No script runs on it, and nothing is loaded from elsewhere.</summary>
internal sealed class PageRenderer(IServiceProvider services, ILoggerFactory logs)
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <param name="parameters">Of the component, by name.</param>
    public async Task<IResult> DrawAsync<TPage>(
        HttpResponse response,
        Dictionary<string, object?> parameters,
        int status = StatusCodes.Status200OK
    )
        where TPage : IComponent
    {
        await using var renderer = new HtmlRenderer(services, logs);
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(parameters))).ToHtmlString()
        );
        Protect(response.Headers);
        return Results.Content(html, "text/html; charset=utf-8", statusCode: status);
    }

    /// <summary>Pages are for one person and one moment.</summary>
    public static void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }
}
