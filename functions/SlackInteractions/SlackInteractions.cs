using System.Text;
using System.Text.Json;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Functions.SlackCommands;

namespace Devflow.ChatOps.Functions.SlackInteractions;

/// <summary>Buttons of cards. The answer is an empty 200; what is to be said goes to the response_url, for one pair of eyes.</summary>
public static class SlackInteractions
{
    public const string Route = "slack/interactions";

    private const int DepthLimit = 64;

    public static void Map(IEndpointRouteBuilder app) => app.MapPost(Route, HandleAsync);

    private static async Task<IResult> HandleAsync(
        HttpRequest request,
        IServiceProvider services,
        CancellationToken stop
    )
    {
        var slack = services.GetRequiredService<SlackRequest>();
        var (form, refusal) = await slack.ReadAsync(request, stop);
        if (form is null)
        {
            return refusal!;
        }

        try
        {
            var json = SlackCommands.SlackCommands.Field(form, "payload") ?? "";
            using var payload = RequestJson.Parse(Encoding.UTF8.GetBytes(json), DepthLimit);
            return ButtonPress.Read(payload.RootElement) switch
            {
                { } press when !slack.IsKnown(press.Team, press.App) => SlackRequest.Stranger(),
                { User: not null } press => await services.GetRequiredService<ButtonHandler>().HandleAsync(press, stop),
                // Link buttons and kinds of interactions that we never offer: acknowledged, nothing to do.
                _ => Results.Ok(),
            };
        }
        catch (JsonException)
        {
            return Problems.Of(400, "malformed", "payload: not JSON.");
        }
        catch (StoreUnavailableException fault)
        {
            SlashHandler.StoreDown(services.GetRequiredService<ILogger<SlashHandler>>(), fault.Message);
            return Problems.Of(503, "store_unavailable", AnswerTexts.StoreDown);
        }
    }
}

/// <summary>The parts of a <c>block_actions</c> payload that we use (https://docs.slack.dev/reference/interaction-payloads).</summary>
internal sealed record ButtonPress(string? Team, string? App, string? User, string? UserName, string? Channel)
{
    public string Action { get; init; } = "";
    public string Value { get; init; } = "";
    public string Key { get; init; } = "";
    public string? ResponseUrl { get; init; }

    /// <summary>Of any payload the senders; user and action only of a pressed button.</summary>
    public static ButtonPress Read(JsonElement payload)
    {
        var isPress = Text(payload, "type") == "block_actions";
        var action =
            isPress && payload.TryGetProperty("actions", out var actions) && actions.ValueKind == JsonValueKind.Array
                ? actions.EnumerateArray().FirstOrDefault()
                : default;
        var actionId = Text(action, "action_id") ?? "";
        return new ButtonPress(
            Text(Inner(payload, "team"), "id"),
            Text(payload, "api_app_id"),
            actionId.Length > 0 ? Text(Inner(payload, "user"), "id") : null,
            Text(Inner(payload, "user"), "username") ?? Text(Inner(payload, "user"), "name"),
            Text(Inner(payload, "channel"), "id") ?? Text(Inner(payload, "container"), "channel_id")
        )
        {
            Action = actionId,
            Value = Text(action, "value") ?? "",
            Key = "slack:" + (Text(payload, "trigger_id") ?? $"{Text(action, "action_ts")}:{actionId}"),
            ResponseUrl = Text(payload, "response_url"),
        };
    }

    private static JsonElement Inner(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement item, string name) =>
        Inner(item, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}

/// <summary>Turns a pressed button into a command and runs it within the budget.</summary>
internal sealed class ButtonHandler(
    IStore store,
    Inbox inbox,
    Answers answers,
    CatalogSource catalogs,
    SecretBox box,
    TimeProvider clock
)
{
    public async Task<IResult> HandleAsync(ButtonPress press, CancellationToken stop)
    {
        var known = CardActions.Read(press.Value);
        var job = known is { } value ? await store.FindJobAsync(value.Sight.Job, stop) : null;
        if (known is not { } button || job is null || WishOf(press.Action, button.Path) is not { } wish)
        {
            var why = new Refusal.Stale();
            var who = Actor.FromSlack(catalogs.Current!, press.User!, press.UserName);
            var entry = RefusedEntry.Of(clock.GetUtcNow(), who, press.Action, press.Value, why);
            await store.AppendAsync(RefusedEntry.Id(press.Key), entry, stop);
            await SayAsync(press, RefusalTexts.Sentence(why), stop);
            return Results.Ok();
        }

        var command = new Command(
            press.Key,
            wish,
            Actor.FromSlack(catalogs.Current!, press.User!, press.UserName),
            new Origin("slack", press.Channel, press.ResponseUrl is not null),
            job.App,
            job.Environment,
            job.Rollout,
            clock.GetUtcNow()
        )
        {
            Saw = button.Sight,
        };
        var sealedUrl = press.ResponseUrl is { } url ? box.Seal(Encoding.UTF8.GetBytes(url)) : null;
        await inbox.SubmitAsync(command, sealedUrl, SlackCommands.SlackCommands.Budget, stop, answeredInline: false);
        return Results.Ok();
    }

    private async Task SayAsync(ButtonPress press, string text, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(SlackCommands.SlackCommands.Budget, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            await answers.SayAsync(press.ResponseUrl, press.Channel, press.User!, text, either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            // Slack takes no message in time; the press itself must be acknowledged, or it is shown as failed.
        }
    }

    private static Wish? WishOf(string action, RollbackPath? path) =>
        action switch
        {
            CardActions.Promote => new Wish.Promote(),
            CardActions.RollBack => new Wish.RollBack(Announced: path),
            CardActions.Retry => new Wish.Retry(),
            CardActions.MakeGitAgree => new Wish.MakeGitAgree(),
            _ => null,
        };
}
