using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Devflow.ChatOps.Sandbox.Slack;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Sandbox.Slack;

/// <summary>A workspace with a few people, its API, a caller with the bot's token, and an app that answers as told.</summary>
internal sealed class SlackWorld : IAsyncDisposable
{
    public const string Alice = "U01ALICE";
    public const string Bob = "U02BOB";
    public const string Releases = "C0RELEASES";
    public const string Platform = "S0PLATFORM";

    private readonly HttpClient http = new();

    private SlackWorld(SlackWorkspace workspace, SlackApi api, FakeTimeProvider time, AppUnderTest app)
    {
        Workspace = workspace;
        Api = api;
        Time = time;
        App = app;
        Clients = new SlackClientSimulator(api, new SlackRequestUrls(app.CommandUrl, app.InteractionUrl), time);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            workspace.Installation.BotToken
        );
    }

    public SlackWorkspace Workspace { get; }

    public SlackApi Api { get; }

    public FakeTimeProvider Time { get; }

    public AppUnderTest App { get; }

    public SlackClientSimulator Clients { get; }

    public static CancellationToken Patience => TestContext.Current.CancellationToken;

    public static async Task<SlackWorld> StartAsync()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_531_420_618));
        var workspace = new SlackWorkspace(SlackInstallation.Generate(), time);
        workspace.Put(new SlackUser(Alice, "alice"));
        workspace.Put(new SlackUser(Bob, "bob"));
        workspace.Put(new SlackUserGroup(Platform, "platform", [Alice, Bob]));
        workspace.Put(new SlackChannel(Releases, "releases"));
        var api = await SlackApi.StartAsync(workspace, time, cancellation: Patience);
        return new SlackWorld(workspace, api, time, await AppUnderTest.StartAsync());
    }

    public async Task<JsonElement> JsonAsync(string method, object arguments)
    {
        using var content = new StringContent(JsonSerializer.Serialize(arguments), Encoding.UTF8, "application/json");
        return await ReadAsync(await PostAsync(method, content));
    }

    public async Task<JsonElement> FormAsync(string method, params (string Key, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Key, f.Value)));
        return await ReadAsync(await PostAsync(method, content));
    }

    public Task<HttpResponseMessage> PostAsync(string method, HttpContent content) =>
        http.PostAsync(new Uri(Api.ApiAddress, method), content, Patience);

    public async Task<(int Status, string Body)> RespondAsync(string responseUrl, object arguments)
    {
        using var content = new StringContent(JsonSerializer.Serialize(arguments), Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(responseUrl), content, Patience);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Patience));
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Patience));
            return json.RootElement.Clone();
        }
    }

    public static string? ErrorOf(JsonElement answer) =>
        answer.GetProperty("ok").GetBoolean() ? null : answer.GetProperty("error").GetString();

    public static JsonElement Blocks(string json)
    {
        using var parsed = JsonDocument.Parse(json);
        return parsed.RootElement.Clone();
    }

    /// <summary>A card with a button that asks before it acts.</summary>
    public static JsonElement Card(string value) =>
        Blocks(
            $$$$"""
            [
              {"type":"header","text":{"type":"plain_text","text":"my-app"}},
              {"type":"section","text":{"type":"mrkdwn","text":"*Waiting* for <@U01ALICE>"}},
              {"type":"actions","block_id":"buttons","elements":[
                {"type":"button","action_id":"promote","style":"primary","value":"{{{{value}}}}",
                 "text":{"type":"plain_text","text":"Promote"},
                 "confirm":{"title":{"type":"plain_text","text":"Promote?"},"text":{"type":"plain_text","text":"To production"},
                            "confirm":{"type":"plain_text","text":"Promote"},"deny":{"type":"plain_text","text":"Cancel"}}},
                {"type":"button","action_id":"open","url":"https://example.com/job","text":{"type":"plain_text","text":"Open"}}
              ]}
            ]
            """
        );

    public async ValueTask DisposeAsync()
    {
        Clients.Dispose();
        http.Dispose();
        await App.DisposeAsync();
        await Api.DisposeAsync();
    }
}
