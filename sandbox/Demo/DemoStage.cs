using System.Text;
using System.Text.Json;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Sandbox.Page;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Sandbox.World;
using Microsoft.AspNetCore.WebUtilities;
using SlackMessage = Devflow.ChatOps.Sandbox.Slack.SlackMessage;

namespace Devflow.ChatOps.Sandbox.Demo;

/// <summary>What the demo can do and see: people act through Slack, and every expectation is waited for and compared.</summary>
internal sealed class DemoStage(SandboxWorld world, DemoNarrator narrator, DemoWatch watch)
{
    private static readonly SandboxApp app = SandboxApp.MyApp;

    private RolloutPicture Rollout => RolloutPicture.Of(world.Cluster, app);

    public async Task<string> MergeAsync(ReleaseKind kind, string expected)
    {
        narrator.Say("bob", "merges to main");
        string tag;
        try
        {
            tag = await world.Merges.MergeAsync(app, kind);
        }
        catch (ReleaseRunFailedException failure)
        {
            throw new DemoSurprise($"{failure.Message}\n{failure.Log}");
        }

        narrator.Say("Action", $"commits {tag} to acme/gitops and announces the release");
        Require(tag == expected, $"the version {expected}", tag);
        return tag;
    }

    /// <summary>Somebody types a command, which must end with this code.</summary>
    public async Task TypeAsync(SandboxPerson person, string line, string code)
    {
        narrator.Say(person.Name, $"types {line}");
        var delivery = await world.People.TypeCommandAsync(person.SlackId, SandboxTeam.Channel, line);
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(delivery.Request.Body.Span));
        await RequireCodeAsync(form["trigger_id"].ToString(), person, code);
    }

    /// <summary>Somebody presses a button and says yes to its question; that must end with this code.</summary>
    /// <param name="card">The card as that person has it on screen; it may have changed since.</param>
    public async Task PressAsync(SandboxPerson person, SlackMessage card, string action, string code)
    {
        var press = world.People.Press(person.SlackId, SandboxTeam.Channel, card.Ts, action, seen: card.Versions[^1]);
        Require(press.Dialog is not null, "a question before the press counts", "none");
        narrator.Say(person.Name, $"presses {press.Button.Text}; “{press.Dialog!.Title} {press.Dialog.Text}” – yes");
        var delivery = await press.ConfirmAsync();
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(delivery.Request.Body.Span));
        using var payload = JsonDocument.Parse(form["payload"].ToString());
        await RequireCodeAsync(payload.RootElement.GetProperty("trigger_id").GetString()!, person, code);
    }

    /// <summary>
    /// Somebody takes their time: a typed command that comes right after a release took another's place is refused,
    /// because whoever typed it was looking at the other one.
    /// </summary>
    public async Task PauseAsync(SandboxPerson person, string what)
    {
        narrator.Say(person.Name, what);
        await Task.Delay(Commanding.TookPlaceJustNow);
    }

    /// <summary>Waits for a state of the Rollout.</summary>
    public async Task<RolloutPicture> UntilRolloutAsync(string what, Func<RolloutPicture, bool> holds) =>
        await watch.UntilAsync(
            what,
            () =>
            {
                var now = Rollout;
                return Task.FromResult(holds(now) ? now : null);
            },
            () => DemoWords.Of(Rollout)
        );

    /// <summary>Waits until the card of a version says all of this.</summary>
    public async Task<SlackMessage> UntilCardAsync(string version, params string[] says) =>
        await watch.UntilAsync(
            $"a card of {version} that says {string.Join(" and ", says.Select(text => $"“{text}”"))}",
            () => Task.FromResult(CardOf(version) is { } card && says.All(Text(card).Contains) ? card : null),
            () => CardOf(version) is { } card ? Text(card) : "no card"
        );

    public static void Require(bool holds, string expected, string instead)
    {
        if (!holds)
        {
            throw new DemoSurprise($"Expected: {expected}. Instead: {instead}");
        }
    }

    private SlackMessage? CardOf(string version) =>
        world
            .Slack.Messages(SandboxTeam.Channel)
            .LastOrDefault(message =>
                message is { ThreadTs: null, BotId: not null }
                && Text(message).Split('\n')[0].Contains($" {version} ", StringComparison.Ordinal)
            );

    private string Text(SlackMessage message) =>
        new BlockKitText(world.Slack, TimeProvider.System.GetUtcNow()).Render(message.Content);

    private async Task RequireCodeAsync(string trigger, SandboxPerson person, string code)
    {
        var store = world.Service.GetRequiredService<IStore>();
        var outcome = await watch.UntilAsync(
            $"an outcome of what {person.Name} asked for",
            async () => (await store.FindCommandAsync($"slack:{trigger}", CancellationToken.None))?.Outcome,
            () => "none"
        );
        Require(outcome.Code == code, $"the answer {code} to {person.Name}", $"{outcome.Code}: {outcome.Text}");
        if (code != CommandOutcome.OkCode)
        {
            narrator.Say("refused", $"{outcome.Code}: {outcome.Text}");
        }
    }
}
