using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Tests.Functions.Support;
using static Devflow.ChatOps.Tests.Functions.Slack.SlackStand;

namespace Devflow.ChatOps.Tests.Functions.Slack;

/// <summary>One release whose card is drawn into the stand-in, by a process that knows nothing but the store.</summary>
internal sealed class SurfaceScene
{
    private static readonly RolloutRef Rollout = new("prod", "production", "my-app");

    private readonly SlackStand stand;
    private readonly JobId id;

    public SurfaceScene(SlackStand stand, string channel = Releases)
    {
        this.stand = stand;
        Slack = stand.Client;
        Jobs = Store;
        Catalog = NewCatalog(channel);
        Target = Catalog.Targets[0];
        Held = new RolloutLease(Rollout, "me", 1, 1, Now + RolloutLease.Duration);
        id = JobId.New(Now);
    }

    public ReleaseCatalog Catalog { get; }

    public ReleaseTarget Target { get; set; }

    public RolloutLease Held { get; }

    public InMemoryJobs Store { get; } = new();

    /// <summary>What the surface saves through.</summary>
    public IJobs Jobs { get; set; }

    /// <summary>What the surface calls.</summary>
    public ISlack Slack { get; set; }

    /// <summary>Plain texts unless a test is about the real ones.</summary>
    public SlackDrawing Drawing { get; init; } = new(Card, Reply);

    public JobId Id => id;

    public DateTimeOffset Now => stand.Time.GetUtcNow();

    public Job Job => Store.FindJobAsync(id, CancellationToken.None).Result!;

    /// <summary>The whole time that passes in these tests is this.</summary>
    public void Pass(TimeSpan time) => stand.Time.Advance(time);

    public async Task CreateAsync(JobStatus status = JobStatus.Running, JobSource source = JobSource.External)
    {
        var job = new Job(id, "my-app", "production", Rollout, source)
        {
            CreatedAt = Now,
            Status = status,
            Revision = 1,
        };
        (await Store.SaveAsync(job, Held, Patience)).ShouldNotBeNull();
    }

    /// <summary>Something happened to the release.</summary>
    public async Task ChangeAsync(JobStatus status, params string[] entries)
    {
        var job = Job;
        foreach (var text in entries)
        {
            var isForSomebody = text.EndsWith('!');
            var entry = new TimelineEntry(job.LastEntry + 1, Now, text, isForSomebody)
            {
                During = text.EndsWith("now!", StringComparison.Ordinal) ? status : null,
            };
            job = job with { Timeline = job.Timeline.Add(entry), LastEntry = entry.Number };
        }

        job = job with { Status = status, Revision = job.Revision + 1 };
        (await Store.SaveAsync(job, Held, Patience)).ShouldNotBeNull();
    }

    /// <summary>Another release took its place; that one has no card yet.</summary>
    public async Task<Job> SupersedeAsync()
    {
        var newer = await PutAsync(
            new Job(JobId.New(Now), "my-app", "production", Rollout, JobSource.External) { CreatedAt = Now }
        );
        await PutAsync(
            Job with
            {
                Status = JobStatus.Superseded,
                SupersededBy = newer.Id,
                Revision = Job.Revision + 1,
            }
        );
        return newer;
    }

    /// <summary>Saves any Job.</summary>
    public async Task<Job> PutAsync(Job job) => (await Store.SaveAsync(job, Held, Patience)).ShouldNotBeNull();

    /// <summary>The cluster was read, and nothing had changed.</summary>
    public async Task VerifyAsync() =>
        (await Store.SaveAsync(Job with { VerifiedAt = Now }, Held, Patience)).ShouldNotBeNull();

    /// <summary>Draws once, as a process that has just been started would.</summary>
    public async Task<SurfaceResult> DrawAsync()
    {
        var surface = new SlackSurface(Jobs, Slack, stand.Time, Drawing, new ListLogger<SlackSurface>(), () => 0.5);
        return await surface.DrawAsync(Job, Target, Catalog, Held, Patience);
    }

    /// <summary>Draws, and again whenever it asks to be looked at again, until there is nothing more to do.</summary>
    public async Task SettleAsync()
    {
        for (var looks = 0; looks < 60; looks++)
        {
            if ((await DrawAsync()).LookAgainAt is not { } at)
            {
                return;
            }

            if (at > Now)
            {
                Pass(at - Now);
            }
        }

        throw new InvalidOperationException("It never comes to rest.");
    }

    /// <summary>The text that the card shows now, and those of the replies.</summary>
    public string CardText() => stand.Cards(Target.App.SlackChannel).ShouldHaveSingleItem().Content.Text;

    public IEnumerable<string> ReplyTexts() =>
        stand.Replies(Target.App.SlackChannel).Select(reply => reply.Content.Text);

    public static string CardText(Job job) => $"{job.Status} at revision {job.Revision}";

    private static SlackMessage Card(
        Job job,
        SlackCard? newer,
        ReleaseTarget target,
        ReleaseCatalog catalog,
        DateTimeOffset now
    ) => Message(CardText(job));

    private static SlackMessage Reply(
        Job job,
        IReadOnlyList<TimelineEntry> entries,
        ReleaseTarget target,
        ReleaseCatalog catalog
    )
    {
        var text = string.Join(" / ", entries.Select(entry => entry.Text));
        return Message(
            entries.Any(entry => entry.Calls(job)) ? $"{Mentions.Of(target.Environment.Notify, catalog)} {text}" : text
        );
    }

    private static SlackMessage Message(string text) =>
        new(
            text,
            [
                new JsonObject
                {
                    ["type"] = "section",
                    ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = text },
                },
            ]
        );

    private static ReleaseCatalog NewCatalog(string channel)
    {
        var environment = new AppEnvironment(
            "production",
            "prod",
            "production",
            "my-app",
            new PromoteRules(["platform"]),
            new RollbackRules(["platform"])
        )
        {
            Notify = ["platform", "bob"],
        };
        return new ReleaseCatalog(
            [new Cluster("prod", new ClusterAccess.InCluster())],
            [new Person("alice", null, Alice), new Person("bob", null, Bob), new Person("carol", "carol", null)],
            [new Team("platform", ["alice"], Platform, null), new Team("small", ["alice", "carol", "bob"], null, null)],
            ["small", "carol"],
            new Viewers.Everyone(),
            [new App("my-app", "acme/my-app", null, null, channel, [environment])]
        );
    }
}
