using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Reads what a release brings, beside the loop: without the Rollout's lease, so that a slow GitHub keeps nobody waiting,
/// and with it only to write down what was read. A reading that is lost with its process is begun again by a later look.
/// </summary>
public sealed partial class ContentsReader(
    IStore store,
    IGitHub gitHub,
    Leases leases,
    WakeUp wakeUp,
    TimeProvider clock,
    ILogger<ContentsReader> log
) : IAsyncDisposable
{
    /// <summary>Until then whoever began to read has ended, or is asked no more.</summary>
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(1);

    /// <summary>Releases of which is kept what was read; when there are more, all is forgotten, and read again.</summary>
    private const int MostKept = 50;

    private readonly Lock gate = new();

    /// <summary>What GitHub told to readings that did not end, so that the next one goes on from there.</summary>
    private readonly Dictionary<(JobId Job, string Repository), ContentsCalls> kept = [];
    private readonly Dictionary<JobId, Task> running = [];
    private readonly CancellationTokenSource ended = new();

    /// <summary>
    /// Begins to read what is missing, if it is time to; when to look again, so that it is not forgotten if this process ends.
    /// </summary>
    public DateTimeOffset? Begin(RolloutJobs jobs, Core.Catalog.ReleaseTarget target)
    {
        var now = clock.GetUtcNow();
        if (!gitHub.IsSetUp || ContentsReading.Due(jobs, target, now) is not var (question, notBefore))
        {
            return null;
        }

        if (notBefore > now)
        {
            return notBefore;
        }

        lock (gate)
        {
            // It takes itself out under the same lock, however quickly it ends.
            if (!ended.IsCancellationRequested && !running.ContainsKey(question.Job))
            {
                var timeout = new CancellationTokenSource(longest, clock);
                running[question.Job] = Task.Run(() => RunAsync(question, timeout), CancellationToken.None);
            }
        }

        return now + longest;
    }

    /// <summary>Completes when nothing is being read any more.</summary>
    public Task IdleAsync()
    {
        lock (gate)
        {
            return Task.WhenAll(running.Values);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await IdleAsync();
        ended.Dispose();
    }

    private async Task RunAsync(ContentsQuestion question, CancellationTokenSource timeout)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, timeout.Token);
        try
        {
            var answer = await CallsOf(question).ReadAsync(question, stop.Token);
            await WriteDownAsync(question, answer, stop.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            GivenUp(question.Job, "the service ends");
        }
        catch (OperationCanceledException)
        {
            GivenUp(question.Job, "it did not end in time");
            await FailAsync(question, "not all was read within a minute");
        }
        catch (StoreUnavailableException fault)
        {
            GivenUp(question.Job, fault.Message);
        }
        catch (Exception fault)
        {
            // Nobody waits for this task: what is not told here is told nowhere.
            Failed(question.Job, fault);
            await FailAsync(question, "reading failed; the service's log says why");
        }
        finally
        {
            timeout.Dispose();
            lock (gate)
            {
                running.Remove(question.Job);
            }
        }
    }

    /// <summary>Writes down that a reading came to nothing, so that it is told, and begun again after a while only.</summary>
    private async Task FailAsync(ContentsQuestion question, string why)
    {
        using var timeout = new CancellationTokenSource(longest, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, timeout.Token);
        try
        {
            var fault = new GitHubFault(GitHubFaultKind.Unavailable, why);
            await WriteDownAsync(question, ContentsAnswer.Failed(question, fault), stop.Token);
        }
        catch (OperationCanceledException)
        {
            GivenUp(question.Job, "it could not be written down in time");
        }
        catch (Exception fault)
        {
            Failed(question.Job, fault);
        }
    }

    private ContentsCalls CallsOf(ContentsQuestion question)
    {
        lock (gate)
        {
            if (!kept.TryGetValue((question.Job, question.Repository), out var known))
            {
                if (kept.Count >= MostKept)
                {
                    kept.Clear();
                }

                kept[(question.Job, question.Repository)] = known = new ContentsCalls(gitHub);
            }

            return known;
        }
    }

    private async Task WriteDownAsync(ContentsQuestion question, ContentsAnswer answer, CancellationToken stop)
    {
        await using var held = await leases.TakeAsync(question.Rollout, stop);
        if (
            await store.FindJobAsync(question.Job, held.Stop) is not { } job
            || job.WithContents(question, answer, clock.GetUtcNow()) is not { } next
        )
        {
            return;
        }

        if (await store.SaveAsync(next, held.Lease, held.Stop) is not null)
        {
            if (next.Contents!.ReadAt is not null)
            {
                lock (gate)
                {
                    kept.Remove((question.Job, question.Repository));
                }
            }

            Read(question.Job, next.Contents!.TotalCommits, next.Contents.Problem);
            // The surfaces show it, and the next look knows when to ask again.
            await store.HintAsync(question.Rollout, held.Stop);
            wakeUp.Signal();
        }
    }

    [LoggerMessage(LogLevel.Information, "Contents of Job {Job}: {Commits} commits. {Problem}")]
    private partial void Read(JobId job, int commits, string problem);

    [LoggerMessage(LogLevel.Error, "Contents of Job {Job} were not read; they are read again.")]
    private partial void Failed(JobId job, Exception fault);

    [LoggerMessage(LogLevel.Warning, "Contents of Job {Job} were not read: {Reason}; they are read again.")]
    private partial void GivenUp(JobId job, string reason);
}
