using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.Slack;

/// <summary>
/// Slack's Web API, as much of it as the product needs. Every outcome is a value; only the caller's own cancellation is
/// thrown. Neither the token nor a response_url appears in a fault or in the log.
/// </summary>
public sealed partial class SlackClient : ISlack, IDisposable
{
    /// <summary><c>metadata.event_type</c> of our messages.</summary>
    public const string EventType = "devflow_job";

    private static readonly string[] SlackResponseHosts = ["hooks.slack.com", "hooks.slack-gov.com"];
    private static readonly TimeSpan GroupGoodFor = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan UserGoodFor = TimeSpan.FromMinutes(5);

    // A bot's id does not change while its token is good.
    private static readonly TimeSpan IdentityGoodFor = TimeSpan.FromHours(1);

    private readonly SlackHttp http;
    private readonly IReadOnlyList<string> teams;
    private readonly Uri? responseAddress;
    private readonly ILogger<SlackClient> logger;
    private readonly AnswerCache<SlackAnswer<IReadOnlyCollection<string>>> groups;
    private readonly AnswerCache<SlackAnswer<SlackAccount>> users;
    private readonly AnswerCache<SlackAnswer<string>> identity;

    /// <exception cref="ArgumentException">An address would send secrets in the clear.</exception>
    public SlackClient(SlackOptions options, SlackGovernor governor, TimeProvider time, ILogger<SlackClient> logger)
    {
        responseAddress = options.ResponseAddress is { } extra
            ? SlackHttp.BaseAddress(extra, nameof(options.ResponseAddress))
            : null;
        http = new SlackHttp(options, governor, time);
        teams = options.Teams;
        groups = new(GroupGoodFor, time, answer => answer is SlackAnswer<IReadOnlyCollection<string>>.Ok);
        users = new(UserGoodFor, time, answer => answer is SlackAnswer<SlackAccount>.Ok);
        identity = new(IdentityGoodFor, time, answer => answer is SlackAnswer<string>.Ok);
        this.logger = logger;
    }

    /// <inheritdoc/>
    public async Task<SlackAnswer<string>> PostAsync(SlackPost post, CancellationToken stop)
    {
        var arguments = Message(post.Channel, post.Message);
        arguments["metadata"] = new JsonObject
        {
            ["event_type"] = EventType,
            ["event_payload"] = new JsonObject { ["operation_id"] = post.Operation },
        };
        arguments["unfurl_links"] = false;
        arguments["unfurl_media"] = false;
        if (post.Thread is not null)
        {
            arguments["thread_ts"] = post.Thread;
            arguments["reply_broadcast"] = post.Broadcast;
        }

        var answer = await http.CallAsync("chat.postMessage", arguments, post.Channel, post.Urgent, stop);
        return Told("chat.postMessage", Map(answer, Ts));
    }

    /// <inheritdoc/>
    public async Task<SlackAnswer<string>> UpdateAsync(
        string channel,
        string ts,
        SlackMessage message,
        bool urgent,
        CancellationToken stop
    )
    {
        var arguments = Message(channel, message);
        arguments["ts"] = ts;
        return Told("chat.update", Map(await http.CallAsync("chat.update", arguments, channel, urgent, stop), Ts));
    }

    /// <inheritdoc/>
    public async Task<SlackAnswer<string>> PostEphemeralAsync(
        string channel,
        string user,
        string text,
        CancellationToken stop
    )
    {
        var arguments = new JsonObject
        {
            ["channel"] = channel,
            ["user"] = user,
            ["text"] = text,
        };
        var answer = await http.CallAsync("chat.postEphemeral", arguments, channel, urgent: true, stop);
        return Told("chat.postEphemeral", Map(answer, body => Text(body, "message_ts") ?? ""));
    }

    /// <inheritdoc/>
    public async Task<SlackAnswer<string>> FindAsync(
        string channel,
        string? thread,
        string operation,
        DateTimeOffset since,
        CancellationToken stop
    )
    {
        var self = await identity.GetAsync("auth.test", AskIdentityAsync, stop);
        return self is SlackAnswer<string>.Ok(var botId)
            ? await new SlackSearch(http, channel, thread, operation, botId).FindAsync(since, stop)
            : self;
    }

    /// <inheritdoc/>
    public async Task<SlackAnswer<string>> RespondAsync(Uri responseUrl, string text, CancellationToken stop)
    {
        if (!IsResponseUrl(responseUrl))
        {
            return Told(
                SlackGovernor.ResponseUrl,
                Refused<string>("The response_url does not lead to Slack; nothing was sent.")
            );
        }

        var message = new JsonObject
        {
            ["response_type"] = "ephemeral",
            ["replace_original"] = false,
            ["text"] = text,
        };
        return Told(SlackGovernor.ResponseUrl, await http.RespondAsync(responseUrl, message, stop));
    }

    /// <inheritdoc/>
    public Task<SlackAnswer<IReadOnlyCollection<string>>> GroupMembersAsync(string group, CancellationToken stop) =>
        groups.GetAsync(group, () => AskGroupAsync(group), stop);

    /// <inheritdoc/>
    public Task<SlackAnswer<SlackAccount>> AccountAsync(string user, CancellationToken stop) =>
        users.GetAsync(user, () => AskUserAsync(user), stop);

    /// <summary>Closes the connections to Slack.</summary>
    public void Dispose() => http.Dispose();

    private bool IsResponseUrl(Uri address)
    {
        if (!address.IsAbsoluteUri || address.UserInfo.Length > 0)
        {
            return false;
        }

        var isSlack =
            address.Scheme == Uri.UriSchemeHttps
            && address.IsDefaultPort
            && SlackResponseHosts.Contains(address.Host, StringComparer.OrdinalIgnoreCase);
        return isSlack || (responseAddress is not null && responseAddress.IsBaseOf(address));
    }

    private async Task<SlackAnswer<string>> AskIdentityAsync()
    {
        var answer = await http.ReadAsync("auth.test", [], CancellationToken.None);
        return Told("auth.test", Map(answer, body => Text(body, "bot_id"), SlackEffect.Read));
    }

    private async Task<SlackAnswer<IReadOnlyCollection<string>>> AskGroupAsync(string group)
    {
        var answer = await http.ReadAsync(
            "usergroups.users.list",
            [KeyValuePair.Create("usergroup", group)],
            CancellationToken.None
        );
        return Told("usergroups.users.list", Map(answer, Members, SlackEffect.Read));
    }

    private async Task<SlackAnswer<SlackAccount>> AskUserAsync(string user)
    {
        var answer = await http.ReadAsync("users.info", [KeyValuePair.Create("user", user)], CancellationToken.None);
        return Told("users.info", SlackUsers.Account(answer, teams));
    }

    private static IReadOnlyCollection<string>? Members(JsonElement body) =>
        body.TryGetProperty("users", out var members) && members.ValueKind == JsonValueKind.Array
            ? [.. members.EnumerateArray().Select(member => member.GetString() ?? "")]
            : null;

    private static JsonObject Message(string channel, SlackMessage message)
    {
        var arguments = new JsonObject { ["channel"] = channel, ["text"] = message.Text };
        if (message.Blocks.Count > 0)
        {
            arguments["blocks"] = message.Blocks.DeepClone();
        }

        return arguments;
    }

    /// <summary>An answer without what it must have is no answer of Slack's: for a post that means that it may be there.</summary>
    private static SlackAnswer<T> Map<T>(
        SlackAnswer<JsonElement> answer,
        Func<JsonElement, T?> read,
        SlackEffect effect = SlackEffect.Write
    )
        where T : class =>
        answer switch
        {
            SlackAnswer<JsonElement>.Fault(var why) => new SlackAnswer<T>.Fault(why),
            SlackAnswer<JsonElement>.Ok(var body) when read(body) is { } value => new SlackAnswer<T>.Ok(value),
            _ => new SlackAnswer<T>.Fault(SlackErrors.Lost(effect, "The answer lacks what was asked.")),
        };

    private SlackAnswer<T> Told<T>(string method, SlackAnswer<T> answer)
    {
        if (answer is SlackAnswer<T>.Fault(var why))
        {
            LogFault(method, why.Kind.ToString(), why.Error);
        }
        else
        {
            LogDone(method);
        }

        return answer;
    }

    private static string? Ts(JsonElement body) => Text(body, "ts");

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static SlackAnswer<T> Refused<T>(string error) =>
        new SlackAnswer<T>.Fault(new SlackFault(SlackFaultKind.Refused, error));
}
