using System.Globalization;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>Lists in pages (https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api).</summary>
internal static class Paging
{
    private const int Usual = 30;
    private const int Most = 100;

    /// <summary>The page of a list that was asked for; the header <c>Link</c> says where the next one is.</summary>
    public static IReadOnlyList<T> Page<T>(HttpContext http, GitHubApi api, IReadOnlyList<T> all)
    {
        var size = Math.Clamp(Number(http, "per_page", Usual), 1, Most);
        var page = Math.Max(Number(http, "page", 1), 1);
        var last = Math.Max((all.Count + size - 1) / size, 1);
        if (page < last)
        {
            http.Response.Headers.Link =
                $"<{Address(http, api, page + 1)}>; rel=\"next\", <{Address(http, api, last)}>; rel=\"last\"";
        }

        return [.. all.Skip((page - 1) * size).Take(size)];
    }

    public static int Number(HttpContext http, string name, int otherwise) =>
        int.TryParse(http.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;

    private static string Address(HttpContext http, GitHubApi api, int page)
    {
        var query = http
            .Request.Query.Where(pair => pair.Key != "page")
            .Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value.ToString())}");
        var number = page.ToString(CultureInfo.InvariantCulture);
        return new Uri(
            api.Address,
            $"{http.Request.Path.Value!.TrimStart('/')}?{string.Join('&', [.. query, $"page={number}"])}"
        ).AbsoluteUri;
    }
}
