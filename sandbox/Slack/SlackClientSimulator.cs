using System.Text;
using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>Where Slack sends what people do.</summary>
/// <param name="CommandUrl">Request URL of the slash commands.</param>
/// <param name="InteractionUrl">Request URL of interactivity.</param>
public sealed record SlackRequestUrls(Uri CommandUrl, Uri InteractionUrl)
{
    /// <summary>How long Slack waits for an answer.</summary>
    public TimeSpan AckTimeout { get; init; } = TimeSpan.FromSeconds(3);
}

/// <summary>
/// The people of the workspace at their Slack clients: they type commands and press buttons, the requests go signed to the
/// app, and its immediate answer appears in the workspace.
/// </summary>
public sealed class SlackClientSimulator : IDisposable
{
    private static readonly SlackForgery Honest = new();
    private readonly SlackApi api;
    private readonly SlackRequestUrls urls;
    private readonly TimeProvider time;
    private readonly SlackRequestSender sender;

    /// <summary>Clients of the people in the API's workspace.</summary>
    public SlackClientSimulator(SlackApi api, SlackRequestUrls urls, TimeProvider time)
    {
        this.api = api;
        this.urls = urls;
        this.time = time;
        sender = new SlackRequestSender(api.Workspace.Installation, time, urls.AckTimeout);
    }

    private SlackWorkspace Workspace => api.Workspace;

    private SlackInstallation Installation => api.Workspace.Installation;

    /// <summary>A person types a slash command, as one line.</summary>
    /// <param name="userId">A member of the channel.</param>
    /// <param name="channelId">Where it is typed.</param>
    /// <param name="line">Such as <c>/promote my-app</c>.</param>
    /// <param name="forgery">What is wrong with the request on purpose.</param>
    /// <param name="cancellation">Ends the wait for an answer.</param>
    /// <exception cref="InvalidOperationException">The person cannot type there, or it is no command.</exception>
    public async Task<SlackDelivery> TypeCommandAsync(
        string userId,
        string channelId,
        string line,
        SlackForgery? forgery = null,
        CancellationToken cancellation = default
    )
    {
        var (user, channel) = RequireMember(userId, channelId);
        if (!line.StartsWith('/'))
        {
            throw new InvalidOperationException("a slash command starts with /");
        }

        var wrong = forgery ?? Honest;
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var command = space < 0 ? line : line[..space];
        var responseUrl = wrong.ResponseUrl ?? api.IssueResponseUrl(new SlackResponseTarget(channelId, userId));
        var body = SlackRequestSender.Form(
            ("token", Installation.VerificationToken),
            ("team_id", wrong.TeamId ?? Installation.TeamId),
            ("team_domain", Installation.TeamDomain),
            ("channel_id", channel.Id),
            ("channel_name", channel.IsPrivate ? "privategroup" : channel.Name),
            ("user_id", user.Id),
            ("user_name", user.Name),
            ("command", command),
            ("text", space < 0 ? "" : line[(space + 1)..].Trim()),
            ("api_app_id", wrong.AppId ?? Installation.AppId),
            ("is_enterprise_install", "false"),
            ("response_url", responseUrl.ToString()),
            ("trigger_id", wrong.TriggerId ?? api.Triggers.Issue(userId))
        );
        var request = sender.Sign(urls.CommandUrl, body, wrong);
        var answer = await sender.SendAsync(request, cancellation);
        var shown = new SlackCommandScreen(Workspace, user, channel, line, command).Show(answer);
        return new SlackDelivery(request, answer.Status, answer.Body, shown);
    }

    /// <summary>
    /// A person presses a button of a message. Nothing is sent before <see cref="SlackButtonPress.ConfirmAsync"/>: first look
    /// at the dialog, as people do.
    /// </summary>
    /// <param name="userId">A member of the channel.</param>
    /// <param name="channelId">Channel of the message.</param>
    /// <param name="ts">The message.</param>
    /// <param name="actionId">Action of the button.</param>
    /// <param name="blockId">Block of the button, when several have the same action.</param>
    /// <param name="seen">
    /// An older version that this person still has on screen; the current one when omitted.
    /// </param>
    /// <exception cref="InvalidOperationException">There is no such button on that screen.</exception>
    public SlackButtonPress Press(
        string userId,
        string channelId,
        string ts,
        string actionId,
        string? blockId = null,
        SlackMessageVersion? seen = null
    )
    {
        var (user, channel) = RequireMember(userId, channelId);
        var message =
            Workspace.FindMessage(channelId, ts)
            ?? throw new InvalidOperationException($"there is no message {ts} in {channelId}");
        if (message.BotId != Installation.BotId)
        {
            throw new InvalidOperationException("the message is not the app's");
        }

        var content = seen is null ? message.Content : seen.Content;
        if (!message.Versions.Any(v => ReferenceEquals(v.Content, content)))
        {
            throw new InvalidOperationException("the message never looked like that");
        }

        var button = Find(content, actionId, blockId);
        var origin = new SlackPressOrigin(user, channel, ts, message.ThreadTs, IsEphemeral: false);
        var shown = message with { Versions = [new SlackMessageVersion(content, time.GetUtcNow())] };
        return new SlackButtonPress(button, (f, c) => SendPressAsync(origin, button, shown, f, c));
    }

    /// <summary>A person presses a button of a message that only this person sees.</summary>
    /// <exception cref="InvalidOperationException">There is no such message or button on that person's screen.</exception>
    public SlackButtonPress PressEphemeral(string userId, string ephemeralId, string actionId, string? blockId = null)
    {
        var ephemeral =
            Workspace.Ephemerals(userId).FirstOrDefault(e => e.Id == ephemeralId)
            ?? throw new InvalidOperationException($"{userId} sees no ephemeral message {ephemeralId}");
        var (user, channel) = RequireMember(userId, ephemeral.ChannelId);
        var button = Find(ephemeral.Content, actionId, blockId);
        var origin = new SlackPressOrigin(user, channel, ephemeral.Id, ephemeral.ThreadTs, IsEphemeral: true);
        return new SlackButtonPress(button, (f, c) => SendPressAsync(origin, button, null, f, c));
    }

    /// <summary>Sends any interaction payload, signed, for tests of malformed ones.</summary>
    public Task<SlackHttpAnswer> SendPayloadAsync(
        string payload,
        SlackForgery? forgery,
        CancellationToken cancellation
    ) =>
        sender.SendAsync(
            sender.Sign(urls.InteractionUrl, SlackRequestSender.Form(("payload", payload)), forgery ?? Honest),
            cancellation
        );

    /// <summary>Sends any body, signed; with <see cref="SlackForgery.Timestamp"/> also at any time.</summary>
    public Task<SlackHttpAnswer> SendBodyAsync(
        Uri url,
        string body,
        SlackForgery? forgery,
        CancellationToken cancellation
    ) => sender.SendAsync(sender.Sign(url, Encoding.UTF8.GetBytes(body), forgery ?? Honest), cancellation);

    /// <summary>Sends a request once more, byte for byte: a replay. Nothing appears in the workspace.</summary>
    public Task<SlackHttpAnswer> ReplayAsync(SlackSignedRequest request, CancellationToken cancellation) =>
        sender.SendAsync(request, cancellation);

    /// <inheritdoc/>
    public void Dispose() => sender.Dispose();

    private async Task<SlackDelivery> SendPressAsync(
        SlackPressOrigin origin,
        SlackButton button,
        SlackMessage? message,
        SlackForgery? forgery,
        CancellationToken cancellation
    )
    {
        var wrong = forgery ?? Honest;
        var target = new SlackResponseTarget(
            origin.Channel.Id,
            origin.User.Id,
            origin.IsEphemeral ? null : origin.Ts,
            origin.IsEphemeral ? origin.Ts : null,
            origin.ThreadTs
        );
        var payload = SlackInteractionPayload.BlockActions(
            Workspace,
            origin,
            button,
            message,
            wrong.TriggerId ?? api.Triggers.Issue(origin.User.Id),
            wrong.ResponseUrl ?? api.IssueResponseUrl(target),
            SlackTs.Format(SlackTs.Microseconds(time.GetUtcNow())),
            wrong
        );
        var body = SlackRequestSender.Form(("payload", payload.ToJsonString(JsonSerializerOptions.Default)));
        var request = sender.Sign(urls.InteractionUrl, body, wrong);
        var answer = await sender.SendAsync(request, cancellation);

        // The body of an answer to block_actions means nothing to Slack; only its status does.
        var code = SlackCommandScreen.FailureOf(answer);
        SlackAnswer shown = code is null ? new SlackAnswer.Silent() : new SlackAnswer.Failed(code, Warn(origin, code));
        return new SlackDelivery(request, answer.Status, answer.Body, shown);
    }

    private SlackEphemeral Warn(SlackPressOrigin origin, string code) =>
        Workspace.ShowEphemeral(
            origin.Channel.Id,
            origin.User.Id,
            new SlackContent($"This app responded with an error or not at all ({code})."),
            origin.ThreadTs,
            isFromSlack: true
        );

    private (SlackUser User, SlackChannel Channel) RequireMember(string userId, string channelId)
    {
        var user = Workspace.FindUser(userId) ?? throw new InvalidOperationException($"there is no user {userId}");
        var channel =
            Workspace.FindChannel(channelId) ?? throw new InvalidOperationException($"there is no channel {channelId}");
        return Workspace.IsMember(channel, userId) && !channel.IsArchived
            ? (user, channel)
            : throw new InvalidOperationException($"{userId} cannot act in {channelId}");
    }

    private static SlackButton Find(SlackContent content, string actionId, string? blockId) =>
        SlackButton.In(content).FirstOrDefault(b => b.ActionId == actionId && (blockId is null || b.BlockId == blockId))
        ?? throw new InvalidOperationException($"the message shows no button {actionId}");
}

/// <summary>A button that was clicked and may still have to be confirmed.</summary>
public sealed class SlackButtonPress
{
    private readonly Func<SlackForgery?, CancellationToken, Task<SlackDelivery>> send;

    internal SlackButtonPress(SlackButton button, Func<SlackForgery?, CancellationToken, Task<SlackDelivery>> send)
    {
        Button = button;
        this.send = send;
    }

    /// <summary>The button.</summary>
    public SlackButton Button { get; }

    /// <summary>What Slack asks before the press counts; <see langword="null"/> when it asks nothing.</summary>
    public SlackConfirmation? Dialog => Button.Confirmation;

    /// <summary>
    /// Answers yes to the dialog, if there is one, and sends the interaction. What is sent was on screen at the click, even if
    /// the message changed meanwhile. Each call is a press of its own, with its own trigger id.
    /// </summary>
    public Task<SlackDelivery> ConfirmAsync(SlackForgery? forgery = null, CancellationToken cancellation = default) =>
        send(forgery, cancellation);
}
