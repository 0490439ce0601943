using System.Globalization;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.GitHub;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.GitOps.Reverting;

namespace Devflow.ChatOps.Functions.GitHubHook;

/// <summary>Turns GitHub's events into commands, and works on them within the time that GitHub waits.</summary>
internal sealed partial class GitHubEvents(
    IStore store,
    Inbox inbox,
    CatalogSource catalogs,
    GitHubSettings settings,
    TimeProvider clock,
    ILogger<GitHubEvents> log
)
{
    /// <summary>Less than GitHub's 10 s.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(8);

    /// <summary>How many of an app's Jobs are looked through for a commit.</summary>
    private const int MostJobs = 50;

    /// <param name="delivery">The same when it is sent again.</param>
    public Task<IResult> HandleAsync(GitHubEvent told, string delivery, CancellationToken stop) =>
        told switch
        {
            GitHubEvent.Pressed it => PressedAsync(it, delivery, stop),
            GitHubEvent.Rerequested it => RerequestedAsync(it, delivery, stop),
            GitHubEvent.SuiteRerequested it when IsOurs(it.App) => NoteAsync(
                it.Repository,
                it.Commit,
                new Wish.Redraw(),
                it.By,
                delivery,
                stop
            ),
            GitHubEvent.Merged it => NoteAsync(
                it.Repository,
                it.Commit,
                new Wish.NotePull(it.Pull),
                it.By,
                delivery,
                stop
            ),
            GitHubEvent.RollbackPull it => LookAsync(it, delivery, stop),
            GitHubEvent.Installed it => Task.FromResult(Told(it)),
            GitHubEvent.Ping => Task.FromResult(Pinged()),
            GitHubEvent.Ignored it => Task.FromResult(Ignored(it.What)),
            _ => Task.FromResult(Ignored("another App's")),
        };

    private async Task<IResult> PressedAsync(GitHubEvent.Pressed press, string delivery, CancellationToken stop)
    {
        if (!IsOurs(press.Run.App))
        {
            return Stranger(press.Repository, press.Run);
        }

        var (job, id) = await JobOfAsync(press.Run, stop);
        if (job is null || CheckRunButtons.WishOf(press.Identifier) is not { } wish)
        {
            await AuditAsync(press.By, press.Identifier, press.Run.ExternalId, delivery, stop);
            return Ignored("a button of something that is not known any more");
        }

        if (!IsPlaceOf(job, press.Repository))
        {
            return Stranger(press.Repository, press.Run);
        }

        // A run that is not the newest shows what was once: no release has the hash that it is bound to.
        var isNewest =
            job.Check?.Run is { } shown
            && (shown.Id, shown.Number, shown.Attempt) == (press.Run.Id, id.Number, id.Attempt);
        var saw = new Sight(job.Id, id.Attempt, isNewest ? job.Check!.Run!.Hash : PodHash.None, FromButton: true)
        {
            // GitHub may be behind: the newest run that there is may be of a former pause.
            Pause = isNewest ? job.Check!.Run!.Subject?.PauseStartTime : null,
        };
        return await SubmitAsync(NewCommand(job, wish, press.By, Key(delivery)) with { Saw = saw }, stop);
    }

    private async Task<IResult> RerequestedAsync(GitHubEvent.Rerequested asked, string delivery, CancellationToken stop)
    {
        if (!IsOurs(asked.Run.App))
        {
            return Stranger(asked.Repository, asked.Run);
        }

        var (job, _) = await JobOfAsync(asked.Run, stop);
        return job is null ? Ignored("a check run of something that is not known any more")
            : !IsPlaceOf(job, asked.Repository) ? Stranger(asked.Repository, asked.Run)
            : await SubmitAsync(Note(job, new Wish.Redraw(), asked.By, Key(delivery)), stop);
    }

    /// <summary>Notes something of every Job that releases a commit.</summary>
    private async Task<IResult> NoteAsync(
        EventRepository repository,
        string commit,
        Wish wish,
        string by,
        string delivery,
        CancellationToken stop
    )
    {
        var noted = 0;
        foreach (var app in catalogs.Current!.Apps.Where(app => IsRepositoryOf(app, repository)))
        {
            var jobs = await store.ListJobsAsync(new JobFilter(app.Name), MostJobs, null, stop);
            foreach (var job in jobs.Where(job => job.Request?.SourceCommit == commit))
            {
                var command = Note(job, wish, by, $"{Key(delivery)}:{job.Id}");
                await inbox.SubmitAsync(command, null, TimeSpan.Zero, stop);
                noted++;
            }
        }

        // Of a merge this is the rule: its release has yet to be built, and reads for itself what it brings.
        return noted == 0 ? Ignored("no release of this commit yet") : Results.Accepted();
    }

    /// <summary>What became of it is read, and not believed; where this event is lost, it is looked at all the same.</summary>
    private async Task<IResult> LookAsync(GitHubEvent.RollbackPull moved, string delivery, CancellationToken stop)
    {
        var target = catalogs.Current!.Targets.FirstOrDefault(target =>
            string.Equals(
                target.Environment.GitOps?.Repository,
                moved.Repository.Name,
                StringComparison.OrdinalIgnoreCase
            )
            && RevertMessage.PullRequestBranch(target.App.Name, target.Environment.Name) == moved.Branch
        );
        if (target is null)
        {
            return Ignored("a pull request of nothing that is known here");
        }

        var place = target.Environment;
        var jobs = await store.JobsOfAsync(new RolloutRef(place.Cluster, place.Namespace, place.Rollout), stop);
        var job = jobs
            .Unfinished.Append(jobs.Current)
            .FirstOrDefault(job =>
                job?.Outbox.Any(entry => entry.Effect is Effect.RevertGit { IsProposed: true }) == true
            );
        return job is null
            ? Ignored("no rollback waits for it")
            : await SubmitAsync(Note(job, new Wish.LookAtPull(), moved.By, Key(delivery)), stop);
    }

    private async Task<IResult> SubmitAsync(Command command, CancellationToken stop)
    {
        var until = clock.GetUtcNow() + Budget;
        var receipt = await inbox.SubmitAsync(command, null, Budget, stop);
        if (receipt.Command.Outcome is not { } outcome)
        {
            return Results.Accepted();
        }

        if (receipt.IsNew && until - clock.GetUtcNow() is { Ticks: > 0 } left)
        {
            // Where nothing runs in the background, whoever pressed would wait for the next sweep to see what came of it.
            await inbox.LookAsync(command.Rollout, left, stop);
        }

        return Results.Text($"{outcome.Code}: {outcome.Text}");
    }

    private Command Note(Job job, Wish wish, string by, string key) =>
        NewCommand(job, wish, by, key) with
        {
            Saw = new Sight(job.Id, job.Release?.Attempt ?? 0, job.Release?.Hash ?? PodHash.None, FromButton: false),
        };

    private Command NewCommand(Job job, Wish wish, string by, string key) =>
        new(
            key,
            wish,
            Actor.FromGitHub(catalogs.Current!, by),
            new Origin(Origin.GitHub),
            job.App,
            job.Environment,
            job.Rollout,
            clock.GetUtcNow()
        );

    private async Task<(Job? Job, CheckRunId Id)> JobOfAsync(EventCheckRun run, CancellationToken stop) =>
        CheckRunId.TryParse(run.ExternalId) is { } id ? (await store.FindJobAsync(id.Job, stop), id) : default;

    /// <summary>GitHub sends presses to the App that made the run only; the secret is no App's own.</summary>
    private bool IsOurs(EventApp app) =>
        settings.AppId == app.Id.ToString(CultureInfo.InvariantCulture)
        || (app.ClientId is { Length: > 0 } client && settings.AppId == client);

    /// <summary>The run is where the Job's are, and that is still its app's repository.</summary>
    private bool IsPlaceOf(Job job, EventRepository repository) =>
        job.Check is { IsNone: false }
        && catalogs.Current!.FindEnvironment(job.Rollout.Cluster, job.Rollout.Namespace, job.Rollout.Name) is { } target
        && IsRepositoryOf(target.App, repository);

    private static bool IsRepositoryOf(App app, EventRepository repository) =>
        app.RepositoryId is { } id
            ? id == repository.Id
            : string.Equals(app.Repository, repository.Name, StringComparison.OrdinalIgnoreCase);

    private Task AuditAsync(string by, string action, string sent, string delivery, CancellationToken stop)
    {
        var who = Actor.FromGitHub(catalogs.Current!, by);
        var entry = RefusedEntry.Of(clock.GetUtcNow(), who, action, sent, new Refusal.Stale(), Origin.GitHub);
        return store.AppendAsync(RefusedEntry.Id(Key(delivery)), entry, stop);
    }

    private static string Key(string delivery) => $"github:{delivery}";

    private IResult Stranger(EventRepository repository, EventCheckRun run)
    {
        LogStranger(run.Id, repository.Name);
        return Problems.Of(
            403,
            "forbidden",
            "This check run is not one of this service's, or not in its app's repository."
        );
    }

    private IResult Told(GitHubEvent.Installed it)
    {
        LogInstallation(it.Action, it.Account);
        return Results.Text("noted");
    }

    private IResult Pinged()
    {
        LogPing();
        return Results.Text("pong");
    }

    private static IResult Ignored(string what) => Results.Text($"ignored: {what}", statusCode: 202);

    [LoggerMessage(LogLevel.Warning, "An event about check run {Run} of {Repository} was refused: not ours.")]
    private partial void LogStranger(long run, string repository);

    [LoggerMessage(LogLevel.Information, "GitHub: installation {Action} by {Account}.")]
    private partial void LogInstallation(string action, string account);

    [LoggerMessage(LogLevel.Information, "GitHub reaches the webhook.")]
    private partial void LogPing();
}
