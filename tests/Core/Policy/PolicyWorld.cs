using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Tests.Core.Policy;

/// <summary>A small company: the people, teams and rules that the policy tests speak of.</summary>
internal static class PolicyWorld
{
    /// <summary>A Wednesday noon.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public static readonly ApprovalSubject Subject = new("job-1", 1, "6d4b", Now.AddMinutes(-30));

    public static readonly ReleaseCatalog Company = new(
        [],
        [
            new("alice", "alice-gh", "U01"),
            new("bob", "bob-gh", "U02"),
            new("carol", null, "U03"),
            new("dave", "dave-gh", "U04"),
            new("root", "root-gh", "U09"),
        ],
        [new("platform", ["alice", "bob"], "S0PLATFORM", "acme/platform"), new("oncall", ["dave"], "S0ONCALL", null)],
        ["root"],
        new Viewers.Everyone(),
        []
    );

    /// <summary>Slack's U20 and U21, and GitHub's `eve-gh`, of whom the catalog knows nothing, are in the groups of platform.</summary>
    public static readonly Groups Resolved = new(
        new Dictionary<string, IReadOnlyCollection<string>> { ["S0PLATFORM"] = ["U20", "U21"], ["S0ONCALL"] = ["U03"] },
        new Dictionary<string, IReadOnlyCollection<string>> { ["acme/platform"] = ["eve-gh"] }
    );

    public static readonly App App = new("shop", "acme/shop", null, null, "C0", []);

    public static readonly AppEnvironment Production = new(
        "production",
        "prod",
        "shop",
        "shop",
        new PromoteRules(["platform"]) { FullBy = ["admins"] },
        new RollbackRules(["platform", "oncall"])
    )
    {
        RetryBy = ["platform"],
        LockBy = ["platform"],
        FreezeOverrideBy = ["admins", "bob"],
    };

    public static readonly FreezeWindow AllWednesday = new(
        new FreezeSpan.Weekly(new(DayOfWeek.Wednesday, new(0, 0)), new(DayOfWeek.Thursday, new(8, 0))),
        "Europe/Berlin",
        "stocktaking"
    );

    /// <summary>Dave wrote it, and GitHub's button merged it.</summary>
    public static readonly Authors DavesWork = new([
        new(AuthorRole.Author, "dave-gh", null, "Dave"),
        new(AuthorRole.Committer, "web-flow", null, "GitHub"),
    ]);

    public static Actor Slack(string id) => Actor.FromSlack(Company, id);

    public static Actor GitHub(string login) => Actor.FromGitHub(Company, login);

    public static Actor Person(string name) => Actor.FromPerson(Company.FindPerson(name)!);

    public static Vote VoteOf(Actor actor, int minutesAgo = 5) => new(actor, Now.AddMinutes(-minutesAgo), Subject);

    public static PromoteQuestion Ask(Actor actor, params Vote[] votes) =>
        new(Company, App, Production, actor, Resolved, DavesWork, Subject, votes, Now);

    public static PromoteQuestion With(this PromoteQuestion question, Func<PromoteRules, PromoteRules> change) =>
        question with
        {
            Environment = question.Environment with { Promote = change(question.Environment.Promote) },
        };

    public static PromoteQuestion Frozen(this PromoteQuestion question) =>
        question with
        {
            Environment = question.Environment with { Freeze = [AllWednesday] },
        };

    public static ReleaseLock LockOf(Actor owner, DateTimeOffset? expiresAt = null) =>
        new("shop", "production", "migration", owner, Now.AddHours(-1), expiresAt);

    public static string Show(PolicyAnswer answer) =>
        answer switch
        {
            PolicyAnswer.Allowed allowed =>
                $"allowed [{Names(allowed.Votes)}]{(allowed.OverriddenFreeze is { } freeze ? $" over {freeze.Freeze.Reason}: {freeze.Reason}" : "")}",
            PolicyAnswer.NeedsVotes more =>
                $"{more.Have} of {more.Need} [{Names(more.Votes)}]{(more.Repeated ? " again" : "")}",
            PolicyAnswer.Refused refused => refused.Refusal.Code,
            _ => "",
        };

    private static string Names(IEnumerable<Vote> votes) =>
        string.Join(" ", votes.Select(vote => vote.Actor.PersonName ?? vote.Actor.DisplayName));
}
