using Devflow.ChatOps.Sandbox.Slack;
using Microsoft.Extensions.Time.Testing;
using static Devflow.ChatOps.Tests.Sandbox.Slack.SlackWorld;

namespace Devflow.ChatOps.Tests.Sandbox.Slack;

public sealed class SlackWorkspaceTests
{
    private readonly FakeTimeProvider time = new(DateTimeOffset.FromUnixTimeSeconds(1_531_420_618));
    private readonly SlackInstallation installation = SlackInstallation.Generate();

    [Fact]
    public void A_saved_workspace_goes_on_where_it_was_without_secrets_in_the_file()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var before = Fill();
            SlackWorkspaceFile.Save(before, path);
            var after = SlackWorkspaceFile.Load(path, installation, time);

            File.ReadAllText(path).ShouldNotContain(installation.SigningSecret);
            File.ReadAllText(path).ShouldNotContain(installation.BotToken);
            after.FindGroup(Platform)!.Members.ShouldBe([Alice]);
            after.Ephemerals(Alice).ShouldHaveSingleItem().Content.Text.ShouldBe("psst");
            var card = after.Messages(Releases).ShouldHaveSingleItem();
            card.Versions.Select(v => SlackButton.In(v.Content)[0].Value).ShouldBe(["op-1", "op-2"]);
            card.Metadata.ShouldNotBeNull().GetProperty("event_type").GetString().ShouldBe("job");
            var next = after.Post(Releases, Alice, new SlackContent("next"));
            string.CompareOrdinal(next.Ts, card.Ts).ShouldBeGreaterThan(0);
            next.Ts.ShouldNotBe(before.Ephemerals(Alice)[0].Id);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_broken_file_is_named()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllText(path, "{\"lastTs\":");

            Should
                .Throw<InvalidDataException>(() => SlackWorkspaceFile.Load(path, installation, time))
                .Message.ShouldContain(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Every_change_is_told_in_order()
    {
        var workspace = new SlackWorkspace(installation, time);
        workspace.Put(new SlackChannel(Releases, "releases"));
        var changes = new List<SlackChange>();
        workspace.Changed += changes.Add;

        var message = workspace.Post(Releases, Alice, new SlackContent("one"));
        workspace.Update(Releases, message.Ts, _ => new SlackContent("two"));
        workspace.Delete(Releases, message.Ts);

        changes
            .Select(c => c.GetType().Name)
            .ShouldBe([nameof(SlackChange.Posted), nameof(SlackChange.Updated), nameof(SlackChange.Deleted)]);
    }

    [Fact]
    public async Task Posts_from_many_threads_all_get_their_own_ts()
    {
        var workspace = new SlackWorkspace(installation, time);
        workspace.Put(new SlackChannel(Releases, "releases"));

        await Parallel.ForAsync(
            0,
            500,
            Patience,
            (i, _) =>
            {
                workspace.Post(Releases, Alice, new SlackContent($"m{i}"));
                return ValueTask.CompletedTask;
            }
        );

        workspace.Messages(Releases).Select(m => m.Ts).Distinct().Count().ShouldBe(500);
    }

    [Fact]
    public async Task Waiting_ends_with_the_change_that_was_waited_for()
    {
        var workspace = new SlackWorkspace(installation, time);
        workspace.Put(new SlackChannel(Releases, "releases"));

        var waiting = workspace.WhenAsync(
            w => w.Messages(Releases).FirstOrDefault(m => m.Content.Text == "b"),
            Patience
        );
        workspace.Post(Releases, Alice, new SlackContent("a"));
        waiting.IsCompleted.ShouldBeFalse();
        workspace.Post(Releases, Alice, new SlackContent("b"));

        (await waiting).Content.Text.ShouldBe("b");
    }

    [Fact]
    public void An_installation_does_not_print_its_secrets() =>
        installation.ToString().ShouldNotContain(installation.SigningSecret);

    private SlackWorkspace Fill()
    {
        var workspace = new SlackWorkspace(installation, time);
        workspace.Put(new SlackUser(Alice, "alice"));
        workspace.Put(new SlackUserGroup(Platform, "platform", [Alice]));
        workspace.Put(new SlackChannel(Releases, "releases"));
        var metadata = Blocks("""{"event_type":"job","event_payload":{}}""");
        var card = workspace.Post(
            Releases,
            installation.BotUserId,
            new SlackContent("card", Card("op-1")),
            metadata: metadata
        );
        workspace.Update(Releases, card.Ts, _ => new SlackContent("card", Card("op-2")));
        workspace.ShowEphemeral(Releases, Alice, new SlackContent("psst"));
        return workspace;
    }
}
