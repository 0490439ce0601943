using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.Slack;
using Devflow.ChatOps.Tests.Functions.Support;
using Microsoft.Extensions.Time.Testing;
using Stand = Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Tests.Functions.Slack;

/// <summary>The Slack stand-in with a few people and a channel, and our client that talks HTTP to it.</summary>
internal sealed class SlackStand : IAsyncDisposable
{
    public const string Alice = "U01ALICE";
    public const string Bob = "U02BOB";
    public const string Releases = "C0RELEASES";
    public const string Platform = "S0PLATFORM";

    private SlackStand(Stand.SlackWorkspace workspace, Stand.SlackApi api, FakeTimeProvider time)
    {
        Workspace = workspace;
        Api = api;
        Time = time;
        Client = NewClient();
    }

    public static CancellationToken Patience => TestContext.Current.CancellationToken;

    public Stand.SlackWorkspace Workspace { get; }

    public Stand.SlackApi Api { get; }

    public FakeTimeProvider Time { get; }

    public ListLogger<SlackClient> Log { get; } = new();

    public SlackClient Client { get; }

    public static async Task<SlackStand> StartAsync()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero));
        var workspace = new Stand.SlackWorkspace(Stand.SlackInstallation.Generate(), time);
        workspace.Put(new Stand.SlackUser(Alice, "alice"));
        workspace.Put(new Stand.SlackUser(Bob, "bob"));
        workspace.Put(new Stand.SlackUserGroup(Platform, "platform", [Alice, Bob]));
        workspace.Put(new Stand.SlackChannel(Releases, "releases"));
        return new SlackStand(
            workspace,
            await Stand.SlackApi.StartAsync(workspace, time, cancellation: Patience),
            time
        );
    }

    /// <summary>A client as another process would have it: with its own caches and its own count of the rates.</summary>
    public SlackClient NewClient(string? token = null) =>
        new(
            new SlackOptions
            {
                ApiAddress = Api.ApiAddress,
                BotToken = token ?? Workspace.Installation.BotToken,
                ResponseAddress = Api.Address,
            },
            new SlackGovernor(Time),
            Time,
            Log
        );

    /// <summary>The messages of the channel itself.</summary>
    public IReadOnlyList<Stand.SlackMessage> Cards(string channel = Releases) =>
        [.. Workspace.Messages(channel).Where(message => message.ThreadTs is null)];

    /// <summary>The replies, in whichever thread, oldest first.</summary>
    public IReadOnlyList<Stand.SlackMessage> Replies(string channel = Releases) =>
        [.. Workspace.Messages(channel).Where(message => message.ThreadTs is not null)];

    /// <summary>What goes wrong with the first calls of a method, in this order.</summary>
    public void Fail(string method, params Stand.SlackFault[] faults)
    {
        var left = new Queue<Stand.SlackFault>(faults);
        Api.Faults = call => call.Method == method && left.TryDequeue(out var fault) ? fault : null;
    }

    public static SlackPost Post(string operation, string text = "hello") =>
        new(Releases, new SlackMessage(text, []), operation);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Api.DisposeAsync();
    }
}

internal static class SlackAnswers
{
    public static T Value<T>(this SlackAnswer<T> answer) => answer.ShouldBeOfType<SlackAnswer<T>.Ok>().Value;

    public static SlackFault Why<T>(this SlackAnswer<T> answer) => answer.ShouldBeOfType<SlackAnswer<T>.Fault>().Why;
}
