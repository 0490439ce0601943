using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Commands;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Tests.Core.Commands;

/// <summary>What a person typed after a slash command.</summary>
public sealed class SlashTextTests
{
    private static readonly DateTimeOffset noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly ReleaseCatalog one = Catalog(("shop", ["production"]));
    private static readonly ReleaseCatalog two = Catalog(("shop", ["staging", "production"]), ("mail", ["production"]));

    [Theory]
    [InlineData("/promote", "", "promote shop production")]
    [InlineData("/promote", "shop", "promote shop production")]
    [InlineData("/promote", "  SHOP   Production ", "promote shop production")]
    [InlineData("/promote", "shop --full", "promote shop production full")]
    [InlineData("/promote", "--full shop production", "promote shop production full")]
    [InlineData("/promote", "shop —full", "promote shop production full")]
    [InlineData("/promote", "shop --override the shop is down", "promote shop production “the shop is down”")]
    [InlineData("/promote", "shop --override --full is fine", "promote shop production “--full is fine”")]
    [InlineData("/promote", "shop --plan", "plan shop production")]
    [InlineData("/promote", "--plan shop production --full --override now", "plan shop production full “now”")]
    [InlineData("/devflow", "promote shop —plan", "plan shop production")]
    [InlineData("/devflow", "withdraw", "withdraw shop production")]
    [InlineData("/devflow", "withdraw shop production now", "invalid")]
    [InlineData("/promote", "shop --override", "invalid")]
    [InlineData("/promote", "shop --force", "invalid")]
    [InlineData("/promote", "shop production now", "invalid")]
    [InlineData("/promote", "shpo", "not_found")]
    [InlineData("/promote", "help", "help")]
    [InlineData("/rollback", "", "rollback shop production “”")]
    [InlineData("/rollback", "shop", "rollback shop production “”")]
    [InlineData("/rollback", "shop production", "rollback shop production “”")]
    [InlineData("/rollback", "shop it is slow", "rollback shop production “it is slow”")]
    [InlineData("/rollback", "shop production it -- is --slow", "rollback shop production “it -- is --slow”")]
    [InlineData("/rollback", "checkout answers 500", "rollback shop production “checkout answers 500”")]
    [InlineData("/rollback", "shpo it is slow", "not_found")]
    [InlineData("/rollback", "shop staging", "not_found")]
    [InlineData("/rollback", "shop prod it is slow", "not_found")]
    [InlineData("/rollback", "slow", "not_found")]
    [InlineData("/rollback", "other-app", "not_found")]
    [InlineData("/rollback", "other-app it is slow", "not_found")]
    [InlineData("/devflow", "lock moving", "not_found")]
    [InlineData("/rollback", "shop --now", "invalid")]
    [InlineData("/devflow", "", "help")]
    [InlineData("/devflow", "help", "help")]
    [InlineData("/devflow", "HELP", "help")]
    [InlineData("/devflow", "status", "status shop production")]
    [InlineData("/devflow", "jobs", "jobs")]
    [InlineData("/devflow", "jobs shop", "jobs shop production")]
    [InlineData("/devflow", "promote shop --full", "promote shop production full")]
    [InlineData("/devflow", "rollback shop slow", "rollback shop production “slow”")]
    [InlineData("/devflow", "retry shop", "retry shop production")]
    [InlineData("/devflow", "retry shop --full", "invalid")]
    [InlineData("/devflow", "unlock", "unlock shop production")]
    [InlineData("/devflow", "lock shop database move", "lock shop production “database move” for good")]
    [InlineData("/devflow", "lock shop --for 2h database move", "lock shop production “database move” until 14:00")]
    [InlineData("/devflow", "lock shop database move --for 30m", "lock shop production “database move” until 12:30")]
    [InlineData("/devflow", "lock shop", "invalid")]
    [InlineData("/devflow", "lock shop --for soon x", "invalid")]
    [InlineData("/devflow", "lock shop --for 0h x", "invalid")]
    [InlineData("/devflow", "lock shop x --for", "invalid")]
    [InlineData("/devflow", "promte shop", "invalid")]
    public void With_one_environment(string command, string text, string expected) =>
        Show(Parse(one, command, text)).ShouldBe(expected);

    [Theory]
    [InlineData("/promote", "", "ambiguous")]
    [InlineData("/promote", "shop", "ambiguous")]
    [InlineData("/promote", "mail", "promote mail production")]
    [InlineData("/promote", "staging", "promote shop staging")]
    [InlineData("/promote", "production", "ambiguous")]
    [InlineData("/rollback", "shop staging too slow", "rollback shop staging “too slow”")]
    [InlineData("/rollback", "shop it is slow", "ambiguous")]
    [InlineData("/rollback", "mail it is slow", "rollback mail production “it is slow”")]
    [InlineData("/rollback", "mail staging", "not_found")]
    [InlineData("/rollback", "mail stagign it is slow", "not_found")]
    [InlineData("/devflow", "lock mail staging moving", "not_found")]
    [InlineData("/rollback", "it is slow", "not_found")]
    [InlineData("/devflow", "lock mail --for 2d freeze", "lock mail production “freeze” until 12:00")]
    public void With_several_environments(string command, string text, string expected) =>
        Show(Parse(two, command, text)).ShouldBe(expected);

    [Fact]
    public void An_unknown_verb_gets_a_suggestion_and_the_list()
    {
        var why = Refused(Parse(one, "/devflow", "promte shop")).ShouldBeOfType<Refusal.Invalid>();

        why.Problem.ShouldBe("there is no “promte”; did you mean “promote”?");
        why.Usage!.ShouldContain("status|jobs|promote");
    }

    [Fact]
    public void A_typo_gets_a_suggestion() =>
        Refused(Parse(one, "/promote", "shpo")).ShouldBeOfType<Refusal.NotFound>().Suggestion.ShouldBe("shop");

    [Fact]
    public void Other_names_can_be_given_to_the_commands()
    {
        SlashNames names = new("/ship", "/unship", "/release");

        Show(SlashText.Parse(names, "/ship", "shop", one, noon)).ShouldBe("promote shop production");
        Show(SlashText.Parse(names, "/unship", "shop", one, noon)).ShouldBe("rollback shop production “”");
        Show(SlashText.Parse(names, "/release", "status", one, noon)).ShouldBe("status shop production");
    }

    [Fact]
    public void A_huge_text_is_cut_and_control_characters_are_left_out()
    {
        var parsed = Parse(one, "/rollback", "shop " + new string('x', 100_000) + "\u0007\u202e");

        var reason = parsed
            .ShouldBeOfType<SlashRequest.Wished>()
            .Wish.ShouldBeOfType<Wish.RollBack>()
            .Reason.ShouldNotBeNull();
        reason.Length.ShouldBe(500);
    }

    [Theory]
    [InlineData("\u0000")]
    [InlineData("—")]
    [InlineData("--")]
    [InlineData("lock")]
    [InlineData("lock --for")]
    [InlineData("lock --for m")]
    [InlineData("lock --for 99999999999999h x")]
    [InlineData("promote --override")]
    [InlineData("<@U123> <!channel>")]
    public void Nothing_that_is_typed_is_a_fault(string text)
    {
        foreach (var command in (string[])["/promote", "/rollback", "/devflow"])
        {
            Parse(one, command, text).ShouldNotBeNull();
        }
    }

    private static SlashRequest Parse(ReleaseCatalog catalog, string command, string text) =>
        SlashText.Parse(new SlashNames(), command, text, catalog, noon);

    private static Refusal Refused(SlashRequest request) => request.ShouldBeOfType<SlashRequest.Refused>().Why;

    private static string Show(SlashRequest request) =>
        request switch
        {
            SlashRequest.Wished(var target, Wish.Promote it) => $"promote {target}"
                + (it.Full ? " full" : "")
                + (it.OverrideReason is null ? "" : $" “{it.OverrideReason}”"),
            SlashRequest.Wished(var target, Wish.RollBack it) => $"rollback {target} “{it.Reason}”",
            SlashRequest.Planned(var target, var it) => $"plan {target}"
                + (it.Full ? " full" : "")
                + (it.OverrideReason is { } reason ? $" “{reason}”" : ""),
            SlashRequest.Wished(var target, Wish.WithdrawVote) => $"withdraw {target}",
            SlashRequest.Wished(var target, Wish.Retry) => $"retry {target}",
            SlashRequest.Wished(var target, Wish.Unlock) => $"unlock {target}",
            SlashRequest.Wished(var target, Wish.TakeLock it) => $"lock {target} “{it.Reason}” "
                + (it.ExpiresAt is { } at ? $"until {at:HH:mm}" : "for good"),
            SlashRequest.Status(var target) => $"status {target}",
            SlashRequest.Jobs(var target) => target is null ? "jobs" : $"jobs {target}",
            SlashRequest.Help => "help",
            SlashRequest.Refused(var why) => why.Code,
            _ => request.ToString(),
        };

    private static ReleaseCatalog Catalog(params (string App, string[] Environments)[] apps) =>
        new(
            [],
            [],
            [],
            [],
            new Viewers.Everyone(),
            [
                .. apps.Select(app => new App(
                    app.App,
                    "acme/" + app.App,
                    null,
                    null,
                    "C0",
                    [
                        .. app.Environments.Select(name => new AppEnvironment(
                            name,
                            "prod",
                            app.App,
                            name,
                            new PromoteRules([]),
                            new RollbackRules([])
                        )),
                    ]
                )),
            ]
        );
}
