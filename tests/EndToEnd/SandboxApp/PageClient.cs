using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.EndToEnd.SandboxApp;

/// <summary>The sandbox page's requests without the page.</summary>
internal sealed class PageClient : IDisposable
{
    public const string Alice = "U01ALICE";
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(2);
    private readonly HttpClient http;

    public PageClient(Uri page)
    {
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = page,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.Add("Origin", page.GetLeftPart(UriPartial.Authority));
    }

    public HttpClient Http => http;

    public async Task MergeAsync(string kind) =>
        await ActAsync("merge", new JsonObject { ["app"] = "my-app", ["kind"] = kind });

    public async Task TypeAsync(string text, string person = Alice) =>
        await ActAsync("command", new JsonObject { ["person"] = person, ["text"] = text });

    /// <summary>The first state of the page, as this person sees it, that is like this.</summary>
    public async Task<PageView> UntilAsync(Func<PageView, bool> holds, string person = Alice)
    {
        using var late = new CancellationTokenSource(patience);
        await using var stream = await http.GetStreamAsync($"events?as={person}", late.Token);
        using var lines = new StreamReader(stream);
        PageView? last = null;
        try
        {
            while (await lines.ReadLineAsync(late.Token) is { } line)
            {
                if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    last = new PageView(JsonNode.Parse(line[6..])!);
                    if (holds(last))
                    {
                        return last;
                    }
                }
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            throw new TimeoutException($"The page did not get there; last it was {last}");
        }

        throw new EndOfStreamException($"The page stopped; last it was {last}");
    }

    public Task<PageView> NowAsync(string person = Alice) => UntilAsync(_ => true, person);

    public void Dispose() => http.Dispose();

    private async Task ActAsync(string what, JsonObject body)
    {
        using var answer = await http.PostAsJsonAsync($"act/{what}", body);
        ((int)answer.StatusCode).ShouldBe(204, await answer.Content.ReadAsStringAsync());
    }
}

/// <summary>What the page is told.</summary>
internal sealed record PageView(JsonNode Json)
{
    public JsonNode MyApp => Json["apps"]![0]!["rollout"]!;

    public string Phase => (string)MyApp["phase"]!;

    public string Live => (string)MyApp["liveVersion"]!;

    public string Asked => (string)MyApp["version"]!;

    /// <summary>What Argo CD says about it.</summary>
    public string ArgoCd => (string)MyApp["argoCd"]!;

    public bool IsSettled => (bool)MyApp["isSettled"]!;

    /// <summary>Status of the newest release as the service says it, or nothing.</summary>
    public string Release => (string?)Json["apps"]![0]!["release"]?["status"] ?? "";

    public IReadOnlyList<string> Messages =>
        [.. Json["channel"]!["messages"]!.AsArray().Select(message => (string)message!["html"]!)];

    public override string ToString() => $"{Phase}, {Asked} asked, {Live} live, {Release}\n{All}";

    /// <summary>All messages as HTML.</summary>
    public string All => string.Join('\n', Messages);

    /// <summary>Whether a message says this, to a reader.</summary>
    public bool Says(string text) => Count(text) > 0;

    /// <summary>
    /// GitHub has told everybody behind the release; nobody could approve it before. The GitOps repository is read last, once
    /// Argo CD says what it has synced.
    /// </summary>
    public bool KnowsWhoMadeIt => Says("Brings") && Says("Configuration");

    /// <summary>How many messages say this.</summary>
    public int Count(string text) =>
        Messages.Count(message => WebUtility.HtmlDecode(message).Contains(text, StringComparison.Ordinal));
}
