using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Policy;
using static Devflow.ChatOps.Tests.Core.Policy.PolicyWorld;

namespace Devflow.ChatOps.Tests.Core.Policy;

/// <summary>Who belongs to a list of people and teams.</summary>
public sealed class MembershipTests
{
    private static bool Is(Actor actor, params string[] by) => Membership.IsMember(Company, Resolved, actor, by);

    [Fact]
    public void A_team_is_the_union_of_its_members_and_groups()
    {
        Is(Person("alice"), "platform").ShouldBeTrue();
        Is(Slack("U20"), "platform").ShouldBeTrue();
        Is(GitHub("EVE-gh"), "platform").ShouldBeTrue();
        Is(Slack("U03"), "oncall").ShouldBeTrue();
        Is(Slack("U03"), "platform").ShouldBeFalse();
    }

    [Fact]
    public void A_person_is_in_a_group_by_any_of_their_accounts()
    {
        var groups = new Groups(
            new Dictionary<string, IReadOnlyCollection<string>> { ["S0PLATFORM"] = ["U04"] },
            new Dictionary<string, IReadOnlyCollection<string>>()
        );

        Membership.IsMember(Company, groups, GitHub("dave-gh"), ["platform"]).ShouldBeTrue();
    }

    [Fact]
    public void What_could_not_be_resolved_has_no_members()
    {
        Membership.IsMember(Company, Groups.None, Slack("U20"), ["platform"]).ShouldBeFalse();
        Membership.IsMember(Company, Groups.None, GitHub("eve-gh"), ["platform"]).ShouldBeFalse();
        Membership.IsMember(Company, Groups.None, Person("alice"), ["platform"]).ShouldBeTrue();
    }

    [Fact]
    public void Admins_are_those_whom_the_catalog_lists()
    {
        Is(Person("root"), "admins").ShouldBeTrue();
        Is(Person("alice"), "admins").ShouldBeFalse();
    }

    [Fact]
    public void Nobody_is_in_an_empty_list_or_behind_an_unknown_name()
    {
        Is(Person("alice")).ShouldBeFalse();
        Is(Person("alice"), "nobody", "").ShouldBeFalse();
        Is(new Actor("mallory", null, null, "mallory"), "mallory").ShouldBeFalse();
    }

    [Fact]
    public void A_stored_name_does_not_outlive_the_account_it_came_from()
    {
        // U77 was Alice's once; the catalog no longer says so.
        var stored = new Actor("alice", "U77", null, "alice");

        Is(stored, "alice", "platform").ShouldBeFalse();
        stored.ResolvedBy(Company).PersonName.ShouldBeNull();
    }

    [Fact]
    public void Accounts_of_two_people_make_neither_of_them()
    {
        var torn = new Actor(null, "U01", "bob-gh", "torn").ResolvedBy(Company);

        torn.PersonName.ShouldBeNull();
        Is(torn, "alice", "bob").ShouldBeFalse();
    }

    [Fact]
    public void An_actor_has_an_identity() =>
        Should.Throw<ArgumentException>(() => new Actor(null, null, null, "ghost"));

    [Fact]
    public void The_console_is_for_everyone_or_for_those_listed_and_admins()
    {
        var closed = new ReleaseCatalog([], Company.People, Company.Teams, ["root"], new Viewers.Only(["oncall"]), []);

        Membership.MayView(Company, Resolved, Slack("U99")).ShouldBeTrue();
        Membership.MayView(closed, Resolved, Slack("U99")).ShouldBeFalse();
        Membership.MayView(closed, Resolved, Person("dave")).ShouldBeTrue();
        Membership.MayView(closed, Resolved, Person("root")).ShouldBeTrue();
    }
}
