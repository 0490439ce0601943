using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Tests.Functions.Support;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace Devflow.ChatOps.Tests.Functions.Processing;

/// <summary>Members of teams, from Slack and from GitHub; what is not known gives nobody a right.</summary>
public sealed class GroupDirectoryTests
{
    private readonly FakeGitHub gitHub = new();
    private readonly ISlack slack = Substitute.For<ISlack>();
    private readonly FakeTimeProvider time = new();
    private readonly ListLogger<GroupDirectory> log = new();
    private readonly ReleaseCatalog catalog = new(
        [],
        [new Person("alice", "Alice-GH", "UALICE"), new Person("bob", "bob-gh", "UBOB")],
        [new Team("platform", [], null, "acme/platform"), new Team("slackers", [], "S0", null)],
        [],
        new Viewers.Everyone(),
        []
    );

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private GroupDirectory Directory => new(slack, gitHub, time, log);

    [Fact]
    public async Task A_member_of_the_GitHub_team_has_its_rights_also_when_they_come_from_Slack()
    {
        gitHub.Teams["acme/platform"] = ["alice-gh"];

        var groups = await Directory.ResolveAsync(catalog, ["platform"], Stop);

        groups.IsComplete.ShouldBeTrue();
        Membership.IsMember(catalog, groups, Actor.FromSlack(catalog, "UALICE"), ["platform"]).ShouldBeTrue();
        Membership.IsMember(catalog, groups, Actor.FromGitHub(catalog, "ALICE-gh"), ["platform"]).ShouldBeTrue();
        Membership.IsMember(catalog, groups, Actor.FromSlack(catalog, "UBOB"), ["platform"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_team_that_GitHub_does_not_tell_has_no_members_and_it_is_said()
    {
        gitHub.Teams["acme/platform"] = ["alice-gh"];
        gitHub.Fault = new GitHubFault(GitHubFaultKind.RateLimited, "slow down");

        var groups = await Directory.ResolveAsync(catalog, ["platform"], Stop);

        groups.IsComplete.ShouldBeFalse();
        Membership.IsMember(catalog, groups, Actor.FromSlack(catalog, "UALICE"), ["platform"]).ShouldBeFalse();
        AnswerTexts.Unread(groups).ShouldStartWith("GitHub did not tell me");
        log.Lines.ShouldHaveSingleItem().ShouldContain("acme/platform");
    }

    [Fact]
    public async Task A_GitHub_that_hangs_holds_nobody_up_for_more_than_two_seconds()
    {
        gitHub.Gate = new TaskCompletionSource().Task;

        var asked = Directory.ResolveAsync(catalog, ["platform"], Stop);
        asked.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(2));

        (await asked.WaitAsync(TimeSpan.FromSeconds(60), Stop)).IsComplete.ShouldBeFalse();
    }

    [Fact]
    public async Task Without_an_App_nobody_is_asked_and_nothing_counts_as_missing()
    {
        gitHub.IsSetUp = false;

        var groups = await Directory.ResolveAsync(catalog, ["platform"], Stop);

        groups.IsComplete.ShouldBeTrue();
        gitHub.Asked.ShouldBeEmpty();
        Membership.IsMember(catalog, groups, Actor.FromSlack(catalog, "UALICE"), ["platform"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Slack_and_GitHub_are_told_apart_when_one_of_them_does_not_answer()
    {
        gitHub.Teams["acme/platform"] = ["alice-gh"];
        slack
            .GroupMembersAsync("S0", Arg.Any<CancellationToken>())
            .Returns(
                new SlackAnswer<IReadOnlyCollection<string>>.Fault(new SlackFault(SlackFaultKind.Unavailable, "down"))
            );

        var groups = await Directory.ResolveAsync(catalog, ["platform", "slackers"], Stop);

        groups.IsComplete.ShouldBeFalse();
        AnswerTexts.Unread(groups).ShouldStartWith("Slack did not tell me");
        Membership.IsMember(catalog, groups, Actor.FromSlack(catalog, "UALICE"), ["platform"]).ShouldBeTrue();
    }
}
