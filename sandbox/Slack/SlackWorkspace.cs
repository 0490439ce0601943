using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>
/// What one Slack workspace holds and what its people see. Thread-safe; every reader gets immutable values. It enforces no
/// rules of the Web API: those are in <see cref="SlackApi"/>.
/// </summary>
public sealed partial class SlackWorkspace : ISlackNames
{
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly Dictionary<string, SlackUser> users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SlackUserGroup> groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SlackChannel> channels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedList<long, SlackMessage>> messages = new(StringComparer.Ordinal);
    private readonly List<SlackEphemeral> ephemerals = [];
    private readonly List<SlackView> views = [];
    private long lastTs;
    private long lastBlockId;

    /// <summary>An empty workspace that knows only the app's bot.</summary>
    public SlackWorkspace(SlackInstallation installation, TimeProvider time)
    {
        Installation = installation;
        this.time = time;
        users[installation.BotUserId] = new SlackUser(installation.BotUserId, installation.BotName, IsBot: true);
    }

    /// <summary>
    /// Raised after every change, on the thread that made it and outside the lock. A subscriber that throws fails the
    /// request that caused the change.
    /// </summary>
    public event Action<SlackChange>? Changed;

    /// <summary>The app as installed here.</summary>
    public SlackInstallation Installation { get; }

    /// <summary>User groups exist on paid plans only; without one, <c>usergroups.*</c> answers <c>plan_upgrade_required</c>.</summary>
    public bool IsPaidPlan { get; set; } = true;

    /// <summary>All users, by id.</summary>
    public IReadOnlyList<SlackUser> Users =>
        Read(() => users.Values.OrderBy(u => u.Id, StringComparer.Ordinal).ToArray());

    /// <summary>All user groups, by id.</summary>
    public IReadOnlyList<SlackUserGroup> Groups =>
        Read(() => groups.Values.OrderBy(g => g.Id, StringComparer.Ordinal).ToArray());

    /// <summary>All channels, by id.</summary>
    public IReadOnlyList<SlackChannel> Channels =>
        Read(() => channels.Values.OrderBy(c => c.Id, StringComparer.Ordinal).ToArray());

    /// <summary>Modals opened so far, oldest first.</summary>
    public IReadOnlyList<SlackView> Views => Read(() => views.ToArray());

    /// <summary>Adds a user or replaces the one with the same id.</summary>
    public void Put(SlackUser user) => PutDirectory(() => users[user.Id] = user);

    /// <summary>Adds a user group or replaces the one with the same id.</summary>
    public void Put(SlackUserGroup group) => PutDirectory(() => groups[group.Id] = group);

    /// <summary>Adds a channel or replaces the one with the same id; its messages stay.</summary>
    public void Put(SlackChannel channel) =>
        PutDirectory(() =>
        {
            channels[channel.Id] = channel;
            messages.TryAdd(channel.Id, []);
        });

    /// <summary>The user with this id, or <see langword="null"/>.</summary>
    public SlackUser? FindUser(string id) => Read(() => users.GetValueOrDefault(id));

    /// <summary>The user group with this id, or <see langword="null"/>.</summary>
    public SlackUserGroup? FindGroup(string id) => Read(() => groups.GetValueOrDefault(id));

    /// <summary>The channel with this id, or <see langword="null"/>.</summary>
    public SlackChannel? FindChannel(string id) => Read(() => channels.GetValueOrDefault(id));

    /// <summary>Whether a person can see the channel and act in it.</summary>
    public bool IsMember(SlackChannel channel, string userId) =>
        FindUser(userId) is { Deleted: false } && (channel.Members is not { } members || members.Contains(userId));

    /// <summary>All messages of a channel with its threads, oldest first.</summary>
    public IReadOnlyList<SlackMessage> Messages(string channelId) =>
        Read(() => messages.TryGetValue(channelId, out var list) ? list.Values.ToArray() : []);

    /// <summary>A thread: the parent, then its replies, oldest first. Empty when there is no such parent.</summary>
    public IReadOnlyList<SlackMessage> Thread(string channelId, string ts) =>
        [.. Messages(channelId).Where(m => m.Ts == ts || m.ThreadTs == ts)];

    /// <summary>One message, or <see langword="null"/>.</summary>
    public SlackMessage? FindMessage(string channelId, string ts) =>
        SlackTs.Parse(ts) is { } key
            ? Read(() => messages.TryGetValue(channelId, out var list) ? list.GetValueOrDefault(key) : null)
            : null;

    /// <summary>Ephemeral messages that are still on somebody's screen, oldest first.</summary>
    /// <param name="userId">Only this person's; everybody's when <see langword="null"/>.</param>
    public IReadOnlyList<SlackEphemeral> Ephemerals(string? userId = null) =>
        Read(() => ephemerals.Where(e => userId is null || e.UserId == userId).ToArray());

    /// <summary>
    /// Waits until something is true of the workspace, looking again after every change. Needs no polling; give a token that
    /// ends the wait.
    /// </summary>
    public async Task<T> WhenAsync<T>(Func<SlackWorkspace, T?> look, CancellationToken cancellation)
        where T : class
    {
        var found = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(SlackChange? _)
        {
            if (look(this) is { } value)
            {
                found.TrySetResult(value);
            }
        }

        Changed += Look;
        try
        {
            Look(null);
            return await found.Task.WaitAsync(cancellation);
        }
        finally
        {
            Changed -= Look;
        }
    }

    /// <inheritdoc/>
    public string? UserName(string userId) => FindUser(userId)?.Name;

    /// <inheritdoc/>
    public string? GroupHandle(string groupId) => FindGroup(groupId)?.Handle;

    /// <inheritdoc/>
    public string? ChannelName(string channelId) => FindChannel(channelId)?.Name;

    internal SlackWorkspaceState Capture() =>
        Read(() =>
            new SlackWorkspaceState(
                lastTs,
                lastBlockId,
                IsPaidPlan,
                [.. users.Values],
                [.. groups.Values],
                [.. channels.Values],
                [.. messages.Values.SelectMany(list => list.Values)],
                [.. ephemerals]
            )
        );

    internal void Restore(SlackWorkspaceState state)
    {
        lock (gate)
        {
            lastTs = state.LastTs;
            lastBlockId = state.LastBlockId;
            IsPaidPlan = state.IsPaidPlan;
            foreach (var user in state.Users)
            {
                users[user.Id] = user;
            }

            foreach (var group in state.Groups)
            {
                groups[group.Id] = group;
            }

            foreach (var channel in state.Channels)
            {
                channels[channel.Id] = channel;
                messages.TryAdd(channel.Id, []);
            }

            foreach (var message in state.Messages)
            {
                messages[message.ChannelId][SlackTs.Parse(message.Ts)!.Value] = message;
            }

            ephemerals.AddRange(state.Ephemerals);
        }
    }

    private long NextTs() => lastTs = Math.Max(lastTs + 1, SlackTs.Microseconds(time.GetUtcNow()));

    private SlackContent WithIds(SlackContent content) =>
        content.Blocks is { } blocks
            ? content with
            {
                Blocks = BlockKitIds.Fill(blocks, () => $"b{++lastBlockId}"),
            }
            : content;

    private T Read<T>(Func<T> read)
    {
        lock (gate)
        {
            return read();
        }
    }

    private void PutDirectory(Action put)
    {
        lock (gate)
        {
            put();
        }

        Changed?.Invoke(new SlackChange.DirectoryChanged());
    }
}
