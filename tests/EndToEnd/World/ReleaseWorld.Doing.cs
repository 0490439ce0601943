using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <content>What people and machines do.</content>
internal sealed partial class ReleaseWorld
{
    private SlackClientSimulator Clients => clients ?? throw new InvalidOperationException("The service is stopped.");

    /// <summary>Brings the app into the cluster, as version v1.</summary>
    public void Install(WorldApp app) =>
        app.Rollout(new BlueGreenApp(WorldCatalog.Namespace, app.RolloutName, app.Image("v1")) { Replicas = 1 })
            .CreateIn(Objects);

    /// <summary>What Argo CD does after a merge: the Rollout's template gets another image.</summary>
    public void Release(string version, WorldApp? app = null)
    {
        app ??= App;
        if (app.IsInGit)
        {
            Git.Release(app, version);
            return;
        }

        ChangeRollout(rollout => Container(rollout)["image"] = app.Image(version), app);
    }

    /// <summary>Changes the Rollout in the cluster, as kubectl or Argo CD would.</summary>
    public void ChangeRollout(Action<JsonObject> change, WorldApp? app = null) =>
        Objects.Update(
            Resources.Rollout,
            WorldCatalog.Namespace,
            (app ?? App).RolloutName,
            rollout =>
            {
                change(rollout);
                return rollout;
            }
        );

    /// <summary>Somebody aborts with kubectl.</summary>
    public void Abort(WorldApp? app = null) => ChangeRollout(rollout => rollout["status"]!["abort"] = true, app);

    /// <summary>A notification about the app, as the controller sends it when something happens that it tells.</summary>
    public async Task HintAsync(WorldApp? app = null)
    {
        var body = new JsonObject
        {
            ["event"] = "on-rollout-updated",
            ["namespace"] = WorldCatalog.Namespace,
            ["name"] = (app ?? App).RolloutName,
        };
        using var response = await NotifyAsync(
            $"rollouts/{WorldCatalog.Cluster}",
            Encoding.UTF8.GetBytes(body.ToJsonString())
        );
        ((int)response.StatusCode).ShouldBe(202);
    }

    /// <summary>Announces a release as the Action does: <c>POST /api/jobs</c> with the token of a person.</summary>
    public async Task<JsonObject> AnnounceAsync(string version, string by, WorldApp? app = null)
    {
        app ??= App;
        var body = new JsonObject
        {
            ["app"] = app.Name,
            ["environment"] = app.Environment,
            ["image"] = $"registry.example.com/{app.Name}",
            ["tag"] = version,
        };
        using var response = await CallApiAsync(HttpMethod.Post, "api/jobs", by, body.ToJsonString());
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(201, text);
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>Announces and releases.</summary>
    public async Task ShipAsync(string version, string by = "carol", WorldApp? app = null)
    {
        await AnnounceAsync(version, by, app);
        Release(version, app);
    }

    /// <summary>A request to the API with the token of a person.</summary>
    public Task<HttpResponseMessage> CallApiAsync(
        HttpMethod method,
        string path,
        string by,
        string? body = null,
        string? key = null
    ) => SendAsync(method, path, tokens[by], body is null ? null : Encoding.UTF8.GetBytes(body), key: key);

    /// <summary>Any body to the API, as alice.</summary>
    public Task<HttpResponseMessage> SendApiAsync(
        string path,
        byte[] body,
        string contentType = "application/json",
        string? key = null
    ) => SendAsync(HttpMethod.Post, path, tokens["alice"], body, contentType, key);

    /// <summary>A notification to a hook, with the right token unless another is given.</summary>
    public Task<HttpResponseMessage> NotifyAsync(
        string hook,
        byte[] body,
        string? token = null,
        string contentType = "application/json"
    ) => SendAsync(HttpMethod.Post, $"hooks/{hook}", token ?? hookToken, body, contentType);

    /// <summary>Any request to the service.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        string? token,
        byte[]? body,
        string contentType = "application/json",
        string? key = null
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(Service.Address, path));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key ?? Guid.NewGuid().ToString("N"));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            // Else a body that is refused by its length is a broken pipe here.
            request.Headers.ExpectContinue = body.Length > 64 * 1024;
        }

        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>
    /// A person types a command in the app's channel and reads the answer; on a machine under load that may be the one
    /// that comes after "on it".
    /// </summary>
    public async Task<Reply> TypeAsync(string user, string line, SlackForgery? forgery = null, WorldApp? app = null)
    {
        var told = Whispers(user).Count;
        var reply = await TypeAndReadAtOnceAsync(user, line, forgery, app);
        return reply.Text != AnswerTexts.Working
            ? reply
            : reply with
            {
                Text = await WhenAsync(
                    () =>
                        Task.FromResult(Whispers(user).Skip(told).FirstOrDefault(text => text != AnswerTexts.Working)),
                    $"the answer to {user}'s {line}"
                ),
            };
    }

    /// <summary>A person types a command and reads only what is answered at once.</summary>
    public async Task<Reply> TypeAndReadAtOnceAsync(
        string user,
        string line,
        SlackForgery? forgery = null,
        WorldApp? app = null
    ) =>
        Reply.Of(
            await Clients.TypeCommandAsync(
                user,
                (app ?? App).Channel,
                line,
                forgery,
                TestContext.Current.CancellationToken
            )
        );

    /// <summary>A person presses a button of the card as it looks now, or as it looked to them, and confirms.</summary>
    public async Task<Reply> PressAsync(
        string user,
        string action,
        SlackMessageVersion? seen = null,
        SlackForgery? forgery = null,
        WorldApp? app = null,
        SlackMessage? card = null
    )
    {
        app ??= App;
        card ??= Card(app) ?? throw new InvalidOperationException("There is no card.");
        var press = Clients.Press(user, app.Channel, card.Ts, action, seen: seen);
        return Reply.Of(await press.ConfirmAsync(forgery, TestContext.Current.CancellationToken));
    }

    /// <summary>Sends a request of Slack once more, byte for byte.</summary>
    public Task<SlackHttpAnswer> ReplayAsync(SlackSignedRequest request) =>
        Clients.ReplayAsync(request, TestContext.Current.CancellationToken);

    /// <summary>Sends any interaction payload, signed.</summary>
    public Task<SlackHttpAnswer> SendPayloadAsync(string payload) =>
        Clients.SendPayloadAsync(payload, null, TestContext.Current.CancellationToken);

    /// <summary>Sends any body to an endpoint of Slack's, correctly signed.</summary>
    public async Task<HttpResponseMessage> SendSignedAsync(string path, byte[] body, string contentType)
    {
        var timestamp = Clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Service.Address, path));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        request.Headers.ExpectContinue = body.Length > 64 * 1024;
        request.Headers.Add("X-Slack-Request-Timestamp", timestamp);
        request.Headers.Add(
            "X-Slack-Signature",
            SlackSignature.Compute(Workspace.Installation.SigningSecret, timestamp, body)
        );
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    internal static JsonObject Container(JsonObject rollout) =>
        rollout["spec"]!["template"]!["spec"]!["containers"]![0]!.AsObject();
}

/// <summary>What a person saw at once.</summary>
internal sealed record Reply(string Text, int? Status, SlackSignedRequest Request)
{
    public static Reply Of(SlackDelivery delivery) =>
        new(
            delivery.Answer switch
            {
                SlackAnswer.Private answer => SlackTexts.Of(answer.Ephemeral.Content),
                SlackAnswer.Public answer => SlackTexts.Of(answer.Message.Content),
                SlackAnswer.Failed failed => failed.Code,
                _ => "",
            },
            delivery.Status,
            delivery.Request
        );
}
