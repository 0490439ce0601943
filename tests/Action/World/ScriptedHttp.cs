using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Devflow.ChatOps.Tests.Action.World;

/// <summary>A request as it was sent.</summary>
internal sealed record SentRequest(HttpMethod Method, Uri Url, string? Authorization, string? Key, string Body);

/// <summary>Answers requests one after the other with what a test wrote down; one more fails.</summary>
internal sealed class ScriptedHttp : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> answers = new();

    public ConcurrentQueue<SentRequest> Sent { get; } = new();

    public ScriptedHttp Then(int status, string body = "{}", TimeSpan? retryAfter = null)
    {
        answers.Enqueue(() =>
        {
            var answer = new HttpResponseMessage((HttpStatusCode)status)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            answer.Headers.RetryAfter = retryAfter is { } wish ? new(wish) : null;
            return answer;
        });
        return this;
    }

    public ScriptedHttp ThenNoConnection()
    {
        answers.Enqueue(() => throw new HttpRequestException("Connection refused"));
        return this;
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Sent.Enqueue(
            new SentRequest(
                request.Method,
                request.RequestUri!,
                request.Headers.Authorization?.ToString(),
                request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null,
                body
            )
        );
        return answers.TryDequeue(out var answer)
            ? answer()
            : throw new InvalidOperationException($"Nobody expected {request.Method} {request.RequestUri}.");
    }
}
