namespace Devflow.ChatOps.Sandbox.Page;

/// <summary>
/// Keeps other web pages out: the sandbox listens on the loopback interface, where every page that this browser has open
/// could reach it.
/// </summary>
internal static class PageGuard
{
    public static Task PassAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        if (!IsLoopback(context.Request.Host.Host) || !IsOwn(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync("The sandbox answers its own page only.");
        }

        return next(context);
    }

    // A name of somebody else's that was made to point here (DNS rebinding) is not one of these.
    private static bool IsLoopback(string host) => host is "127.0.0.1" or "localhost" or "[::1]";

    private static bool IsOwn(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
            ? site is "" or "same-origin" or "none"
                || (site is "cross-site" or "same-site" && request.Headers["Sec-Fetch-Mode"] == "navigate")
            : origin == $"{request.Scheme}://{request.Host}" && site is "" or "same-origin";
    }
}
