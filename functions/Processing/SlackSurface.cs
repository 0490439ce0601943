using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>Where drawing a Job left it.</summary>
/// <param name="Job">The Job as it was saved last.</param>
/// <param name="LookAgainAt">When there is more to do without anything having changed; <c>null</c>: never.</param>
public sealed record SurfaceResult(Job Job, DateTimeOffset? LookAgainAt);

/// <summary>What cards and replies look like.</summary>
/// <param name="Card">The card of a Job, at a time; with the card of the Job that took its place, if there is one.</param>
/// <param name="Reply">The reply that tells these timeline entries, one or many; it mentions who must act.</param>
public sealed record SlackDrawing(
    Func<Job, SlackCard?, ReleaseTarget, ReleaseCatalog, DateTimeOffset, SlackMessage> Card,
    Func<Job, IReadOnlyList<TimelineEntry>, ReleaseTarget, ReleaseCatalog, SlackMessage> Reply
);

/// <summary>
/// Keeps one Slack card and its thread in agreement with a Job: from the state, never from events. Slack has no idempotency
/// key, so an intent is saved before each post; whoever finds one that has passed searches for the message before
/// posting. Faults of Slack are kept in <see cref="Job.Card"/> and are nobody's exception: the release goes on without.
/// </summary>
/// <param name="jitter">From 0 to 1; random unless a test says otherwise.</param>
public sealed partial class SlackSurface(
    IJobs jobs,
    ISlack slack,
    TimeProvider time,
    SlackDrawing drawing,
    ILogger<SlackSurface> logger,
    Func<double>? jitter = null
)
{
    private const int MostSteps = 12;

    /// <summary>The rollout's other work waits meanwhile.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(3);

    /// <summary>A call's timeout and a second; a post begins only while its intent lasts longer than this.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(6);

    /// <summary>Clocks differ: how far back a message is searched before the Job's creation.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly SlackSurfaceFaults faults = new(jitter ?? Random.Shared.NextDouble);

    /// <summary>Brings Slack in step with the Job. Makes no call and no write when it is.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    public async Task<SurfaceResult> DrawAsync(
        Job job,
        ReleaseTarget target,
        ReleaseCatalog catalog,
        RolloutLease held,
        CancellationToken stop
    )
    {
        if (job.Source == JobSource.Baseline || string.IsNullOrEmpty(target.App.SlackChannel))
        {
            return new SurfaceResult(job, null);
        }

        var newer = job.SupersededBy is { } id ? await jobs.FindJobAsync(id, stop) : null;
        var scene = new Scene(target, catalog, held, newer?.Card);
        var holds = new SlackSurfaceHolds();
        var began = time.GetUtcNow();
        for (var steps = 0; steps < MostSteps && time.GetUtcNow() - began < Budget; steps++)
        {
            var step = SlackSurfacePlan.Next(job, holds, time.GetUtcNow(), scene.HasLink);
            if (step is SlackSurfaceStep.Rest(var lookAgainAt))
            {
                return new SurfaceResult(job, lookAgainAt);
            }

            var (saved, nextHolds) = await PerformAsync(step, job, holds, scene, stop);
            if (saved is null)
            {
                LogLeaseLost(job.Id);
                return new SurfaceResult(job, null);
            }

            (job, holds) = (saved, nextHolds);
        }

        return new SurfaceResult(job, time.GetUtcNow());
    }

    private async Task<(Job? Saved, SlackSurfaceHolds Holds)> PerformAsync(
        SlackSurfaceStep step,
        Job job,
        SlackSurfaceHolds holds,
        Scene scene,
        CancellationToken stop
    ) =>
        step switch
        {
            SlackSurfaceStep.Search search => (await SearchAsync(search, job, scene, stop), holds),
            SlackSurfaceStep.PostCard card => await PostCardAsync(card, job, holds, scene, stop),
            SlackSurfaceStep.UpdateCard update => await UpdateAsync(update, job, holds, scene, stop),
            SlackSurfaceStep.Reply reply => await ReplyAsync(reply, job, holds, scene, stop),
            _ => throw new InvalidOperationException($"There is no such step: {step.GetType().Name}."),
        };

    private Task<(Job? Saved, SlackSurfaceHolds Holds)> PostCardAsync(
        SlackSurfaceStep.PostCard step,
        Job job,
        SlackSurfaceHolds holds,
        Scene scene,
        CancellationToken stop
    )
    {
        var channel = scene.Target.App.SlackChannel;
        var message = drawing.Card(job, scene.Newer, scene.Target, scene.Catalog, time.GetUtcNow());
        var post = new SlackPost(channel, message, step.Operation) { Urgent = SlackSurfacePlan.IsUrgent(job) };
        var intent = job.Card with { Channel = channel, ToldEntry = SlackSurfacePlan.ToldByCard(job) };
        return PostAsync(
            post,
            job with
            {
                Card = intent,
            },
            (card, ts) =>
                card with
                {
                    Ts = ts,
                    ShownRevision = job.Revision,
                    UpdatedAt = time.GetUtcNow(),
                    LinksToNewer = scene.HasLink,
                },
            holds,
            scene,
            stop
        );
    }

    private Task<(Job? Saved, SlackSurfaceHolds Holds)> ReplyAsync(
        SlackSurfaceStep.Reply step,
        Job job,
        SlackSurfaceHolds holds,
        Scene scene,
        CancellationToken stop
    )
    {
        var message = drawing.Reply(job, step.Entries, scene.Target, scene.Catalog);
        var post = new SlackPost(step.Channel, message, step.Operation)
        {
            Thread = step.Thread,
            Broadcast = step.NeedsAttention,
            Urgent = step.NeedsAttention || SlackSurfacePlan.IsUrgent(job),
        };
        return PostAsync(
            post,
            job with
            {
                Card = job.Card with { PostingEntry = step.Number },
            },
            (card, _) => card with { ToldEntry = step.Number },
            holds,
            scene,
            stop
        );
    }

    private async Task<(Job? Saved, SlackSurfaceHolds Holds)> PostAsync(
        SlackPost post,
        Job intended,
        Func<SlackCard, string, SlackCard> told,
        SlackSurfaceHolds holds,
        Scene scene,
        CancellationToken stop
    )
    {
        var until = time.GetUtcNow() + SlackSurfacePlan.IntentLasts;
        var intent = intended with { Card = intended.Card with { PostingUntil = until } };
        if (await jobs.SaveAsync(intent, scene.Held, stop) is not { } job)
        {
            return (null, holds);
        }

        if (time.GetUtcNow() > until - LongestCall)
        {
            // After so slow a save another process could be searching while this one posts: leave it to the search.
            return (job, holds);
        }

        var answer = await slack.PostAsync(post, stop);
        var now = time.GetUtcNow();
        if (answer is SlackAnswer<string>.Ok(var ts))
        {
            LogPosted(job.Id, post.Operation);
            return (await SaveAsync(job, told(SlackSurfaceFaults.Well(job.Card), ts), scene, stop), holds);
        }

        var why = ((SlackAnswer<string>.Fault)answer).Why;
        var card = faults.Post(job.Card, why, post.Channel, now);
        LogFault(job.Id, why.Kind, why.Error, card.NotBefore);
        var posts = why.Kind == SlackFaultKind.RateLimited ? card.NotBefore : holds.Posts;
        return (await SaveAsync(job, card, scene, stop), holds with { Posts = posts });
    }

    private async Task<(Job? Saved, SlackSurfaceHolds Holds)> UpdateAsync(
        SlackSurfaceStep.UpdateCard step,
        Job job,
        SlackSurfaceHolds holds,
        Scene scene,
        CancellationToken stop
    )
    {
        var message = drawing.Card(job, scene.Newer, scene.Target, scene.Catalog, time.GetUtcNow());
        var answer = await slack.UpdateAsync(step.Channel, step.Ts, message, step.IsUrgent, stop);
        var now = time.GetUtcNow();
        if (answer is SlackAnswer<string>.Fault(var why))
        {
            var card = faults.Update(job, why, step.Channel, now);
            LogFault(job.Id, why.Kind, why.Error, card.NotBefore);
            // Replies have a rate of their own: they need not wait for an update's.
            return why.Kind == SlackFaultKind.RateLimited
                ? (job, holds with { Updates = card.NotBefore })
                : (await SaveAsync(job, card, scene, stop), holds);
        }

        var shown = SlackSurfaceFaults.Well(job.Card) with
        {
            ShownRevision = job.Revision,
            UpdatedAt = now,
            LinksToNewer = scene.HasLink,
        };
        return (await SaveAsync(job, shown, scene, stop), holds);
    }

    private async Task<Job?> SearchAsync(SlackSurfaceStep.Search step, Job job, Scene scene, CancellationToken stop)
    {
        var since = job.CreatedAt - ClockSkew;
        var answer = await slack.FindAsync(step.Channel, step.Thread, step.Operation, since, stop);
        if (answer is SlackAnswer<string>.Fault(var why))
        {
            var failed = faults.Failed(job.Card, why, step.Channel, time.GetUtcNow());
            LogFault(job.Id, why.Kind, why.Error, failed.NotBefore);
            return await SaveAsync(job, failed, scene, stop);
        }

        var ts = ((SlackAnswer<string>.Ok)answer).Value;
        LogSearched(job.Id, step.Operation, ts.Length > 0);
        var entry = job.Card.PostingEntry;
        var card =
            ts.Length == 0 ? job.Card with { PostingUntil = null, PostingEntry = 0 }
            : entry > 0 ? SlackSurfaceFaults.Well(job.Card) with { ToldEntry = entry }
            : SlackSurfaceFaults.Well(job.Card) with { Ts = ts, ShownRevision = -1 };
        return await SaveAsync(job, card, scene, stop);
    }

    private Task<Job?> SaveAsync(Job job, SlackCard card, Scene scene, CancellationToken stop) =>
        jobs.SaveAsync(job with { Card = card }, scene.Held, stop);

    private sealed record Scene(ReleaseTarget Target, ReleaseCatalog Catalog, RolloutLease Held, SlackCard? Newer)
    {
        public bool HasLink => Newer?.Link is not null;
    }
}
