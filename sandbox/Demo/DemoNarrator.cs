using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Sandbox.Page;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Sandbox.World;

namespace Devflow.ChatOps.Sandbox.Demo;

/// <summary>Prints what happens while it happens: what Slack shows, what the Rollout does, and who does what.</summary>
internal sealed class DemoNarrator : IAsyncDisposable
{
    private readonly Channel<Action> lines = Channel.CreateUnbounded<Action>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly Dictionary<string, string> cards = [];
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly SandboxWorld world;
    private readonly TextWriter output;
    private readonly Task printing;
    private string rollout = "";

    public DemoNarrator(SandboxWorld world, TextWriter output)
    {
        this.world = world;
        this.output = output;
        world.Slack.Changed += OnSlack;
        world.Cluster.Changed += OnCluster;
        printing = Task.Run(PrintAsync);
    }

    /// <summary>A new part of the demo.</summary>
    public void Chapter(string title) => lines.Writer.TryWrite(() => output.WriteLine($"\n{title}"));

    /// <summary>Somebody does something, or something was checked.</summary>
    public void Say(string who, string what)
    {
        var at = watch.Elapsed;
        lines.Writer.TryWrite(() => Line(at, who, what));
    }

    /// <summary>Prints what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        world.Slack.Changed -= OnSlack;
        world.Cluster.Changed -= OnCluster;
        lines.Writer.TryComplete();
        await printing;
    }

    private async Task PrintAsync()
    {
        await foreach (var print in lines.Reader.ReadAllAsync())
        {
            print();
            await output.FlushAsync();
        }
    }

    private void OnSlack(SlackChange change)
    {
        var at = watch.Elapsed;
        lines.Writer.TryWrite(() =>
        {
            switch (change)
            {
                case SlackChange.Posted { Message: { ThreadTs: not null } reply }:
                    Line(at, "thread", $"{TitleOf(reply.ThreadTs!)}: {Text(reply.Content)}");
                    break;
                case SlackChange.Posted { Message: var card }:
                    Card(at, card);
                    break;
                case SlackChange.Updated { Message: var card }:
                    Card(at, card);
                    break;
                case SlackChange.EphemeralShown { Ephemeral: var shown }:
                    Line(at, $"→ {world.Slack.UserName(shown.UserId)}", Text(shown.Content));
                    break;
                default:
                    break;
            }
        });
    }

    private void OnCluster(StoreEvent change)
    {
        // Inside the store's lock: looking comes later.
        var at = watch.Elapsed;
        lines.Writer.TryWrite(() =>
        {
            var now = DemoWords.Of(RolloutPicture.Of(world.Cluster, SandboxApp.MyApp));
            if (now != rollout)
            {
                rollout = now;
                Line(at, "Rollout", now);
            }
        });
    }

    /// <summary>The first two lines say what is happening; the rest is for those who look closer.</summary>
    private void Card(TimeSpan at, SlackMessage message)
    {
        var shown = string.Join("\n", Text(message.Content).Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(2));
        if (cards.GetValueOrDefault(message.Ts) != shown)
        {
            cards[message.Ts] = shown;
            Line(at, "card", shown.TrimStart('#', ' '));
        }
    }

    /// <summary>
    /// What a thread is about: its card's title without the status. Slack takes one message a second, so that threads
    /// may lag behind.
    /// </summary>
    private string TitleOf(string cardTs)
    {
        var title = cards.GetValueOrDefault(cardTs, "").Split('\n')[0].Split(" · ");
        return title.Length > 2 ? title[2] : "a card";
    }

    private string Text(SlackContent content) =>
        new BlockKitText(world.Slack, TimeProvider.System.GetUtcNow()).Render(content);

    private void Line(TimeSpan at, string who, string what)
    {
        var lead = string.Create(CultureInfo.InvariantCulture, $"{at.TotalSeconds, 5:0.0} s  {who, -8} ");
        var indent = "\n" + new string(' ', lead.Length);
        output.WriteLine(lead + what.ReplaceLineEndings("\n").Replace("\n", indent, StringComparison.Ordinal));
    }
}
