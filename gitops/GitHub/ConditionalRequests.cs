using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>
/// Answers that were given once, so that GitHub can say "as before": a GET is sent with the ETag of the last answer, and a
/// 304, which costs nothing of the rate limit, becomes that answer again
/// (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate).
/// Nothing is answered without asking, so nothing is told to a token that may not read it.
/// </summary>
public sealed class ConditionalRequests
{
    /// <summary>When there are more, all are forgotten: this saves calls, and needs no memory of what is rarely asked.</summary>
    private const int MostAnswers = 500;

    /// <summary>In bytes; longer answers are asked for anew.</summary>
    private const int LongestAnswer = 256 * 1024;

    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);

    /// <summary>Puts it before the network.</summary>
    public HttpMessageHandler Before(HttpMessageHandler network) => new Handler(this) { InnerHandler = network };

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Func<Task<HttpResponseMessage>> send)
    {
        var key = $"{request.RequestUri} {request.Headers.Accept}";
        if (request.Method != HttpMethod.Get || request.RequestUri is null)
        {
            return await send();
        }

        if (known.TryGetValue(key, out var before))
        {
            request.Headers.IfNoneMatch.Add(before.Tag);
        }

        var answer = await send();
        if (answer.StatusCode == HttpStatusCode.NotModified && before is not null)
        {
            return Again(before, answer);
        }

        if (answer is { StatusCode: HttpStatusCode.OK, Headers.ETag: { } tag })
        {
            await KeepAsync(key, tag, answer);
        }

        return answer;
    }

    private async Task KeepAsync(string key, EntityTagHeaderValue tag, HttpResponseMessage answer)
    {
        // Reading it here leaves it to be read again: it is buffered.
        var body = await answer.Content.ReadAsByteArrayAsync();
        if (body.Length > LongestAnswer)
        {
            return;
        }

        if (known.Count >= MostAnswers)
        {
            known.Clear();
        }

        known[key] = new Known(tag, body, answer.Content.Headers.ContentType);
    }

    private static HttpResponseMessage Again(Known before, HttpResponseMessage notModified)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK)
        {
            RequestMessage = notModified.RequestMessage,
            Content = new ByteArrayContent(before.Body),
        };
        answer.Content.Headers.ContentType = before.ContentType;
        foreach (var (name, values) in notModified.Headers)
        {
            answer.Headers.TryAddWithoutValidation(name, values);
        }

        notModified.Dispose();
        return answer;
    }

    private sealed record Known(EntityTagHeaderValue Tag, byte[] Body, MediaTypeHeaderValue? ContentType);

    private sealed class Handler(ConditionalRequests requests) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken stop) =>
            requests.SendAsync(request, () => base.SendAsync(request, stop));
    }
}
