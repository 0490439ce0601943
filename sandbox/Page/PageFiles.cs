using System.Reflection;

namespace Devflow.ChatOps.Sandbox.Page;

/// <summary>The files of the page, which are part of the program: nothing is read from disk or from elsewhere.</summary>
internal static class PageFiles
{
    /// <summary>Runs only what comes from here, and loads nothing from anywhere else.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly (string Path, string File, string Type)[] files =
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/page.css", "page.css", "text/css; charset=utf-8"),
        ("/channel.css", "channel.css", "text/css; charset=utf-8"),
        ("/cluster.css", "cluster.css", "text/css; charset=utf-8"),
        ("/github.css", "github.css", "text/css; charset=utf-8"),
        ("/page.js", "page.js", "text/javascript; charset=utf-8"),
        ("/dom.js", "dom.js", "text/javascript; charset=utf-8"),
        ("/channel.js", "channel.js", "text/javascript; charset=utf-8"),
        ("/cluster.js", "cluster.js", "text/javascript; charset=utf-8"),
        ("/github.js", "github.js", "text/javascript; charset=utf-8"),
        ("/favicon.svg", "favicon.svg", "image/svg+xml"),
        // Asked for by browsers that show an address without the page, such as that of the events.
        ("/favicon.ico", "favicon.svg", "image/svg+xml"),
    ];

    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var (path, file, type) in files)
        {
            var content = Read(file);
            app.MapMethods(
                path,
                [HttpMethods.Get, HttpMethods.Head],
                (HttpContext context) =>
                {
                    context.Response.Headers.ContentSecurityPolicy = Policy;
                    return Results.Bytes(content, type);
                }
            );
        }
    }

    private static byte[] Read(string file)
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream($"Devflow.ChatOps.Sandbox.Page.{file}")
            ?? throw new InvalidOperationException($"{file} is not part of this build.");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
