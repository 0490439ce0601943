using System.Net;
using System.Net.Http.Headers;
using Devflow.ChatOps.GitOps.GitHub;

namespace Devflow.ChatOps.Tests.GitOps.GitHub;

/// <summary>A question that was asked before costs nothing when its answer is the same.</summary>
public sealed class ConditionalRequestTests : IDisposable
{
    private readonly Network network = new();
    private readonly HttpClient client;

    public ConditionalRequestTests() => client = new HttpClient(new ConditionalRequests().Before(network));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_unchanged_is_the_former_answer_with_the_new_headers()
    {
        network.Answer = _ => Tagged("one", "\"1\"");
        (await AskAsync()).Text.ShouldBe("one");
        network.Answer = asked =>
        {
            asked.ShouldBe("\"1\"");
            var answer = new HttpResponseMessage(HttpStatusCode.NotModified);
            answer.Headers.Add("X-RateLimit-Remaining", "17");
            return answer;
        };

        var (status, text, remaining) = await AskAsync();

        status.ShouldBe(HttpStatusCode.OK);
        text.ShouldBe("one");
        remaining.ShouldBe("17");
    }

    [Fact]
    public async Task What_changed_takes_the_place_of_the_former_answer()
    {
        network.Answer = _ => Tagged("one", "\"1\"");
        await AskAsync();
        network.Answer = _ => Tagged("two", "\"2\"");
        (await AskAsync()).Text.ShouldBe("two");
        network.Answer = asked =>
            asked == "\"2\"" ? new HttpResponseMessage(HttpStatusCode.NotModified) : Tagged("three", "\"3\"");

        (await AskAsync()).Text.ShouldBe("two");
    }

    [Fact]
    public async Task A_refusal_is_not_kept_and_hides_no_former_answer()
    {
        network.Answer = _ => Tagged("one", "\"1\"");
        await AskAsync();
        network.Answer = _ => new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = new StringContent("no") };

        (await AskAsync()).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Only_questions_are_conditional()
    {
        network.Answer = _ => Tagged("one", "\"1\"");
        await AskAsync();
        network.Answer = asked => asked is null ? Tagged("done", "\"2\"") : Tagged("wrong", "\"2\"");

        using var answer = await client.PostAsync("https://github.test/a", new StringContent("x"), Cancellation);

        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldBe("done");
    }

    public void Dispose()
    {
        client.Dispose();
        network.Dispose();
    }

    private async Task<(HttpStatusCode Status, string Text, string? Remaining)> AskAsync()
    {
        using var answer = await client.GetAsync("https://github.test/a", Cancellation);
        return (
            answer.StatusCode,
            await answer.Content.ReadAsStringAsync(Cancellation),
            answer.Headers.TryGetValues("X-RateLimit-Remaining", out var left) ? left.Single() : null
        );
    }

    private static HttpResponseMessage Tagged(string text, string tag)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text) };
        answer.Headers.ETag = EntityTagHeaderValue.Parse(tag);
        return answer;
    }

    private sealed class Network : HttpMessageHandler
    {
        public Func<string?, HttpResponseMessage> Answer { get; set; } = null!;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken stop) =>
            Task.FromResult(Answer(request.Headers.IfNoneMatch.SingleOrDefault()?.ToString()));
    }
}
