using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Where endpoints leave what came in. Everything is written down before this answers; a command is worked on within
/// the caller's budget, because no host promises time after the response.
/// </summary>
public sealed partial class Inbox(
    IStore store,
    RolloutWorker worker,
    Answers answers,
    WakeUp wakeUp,
    IHostApplicationLifetime host,
    TimeProvider clock,
    ILogger<Inbox> log
)
{
    /// <summary>
    /// The request that brought a command and the loop learn its outcome at about the same time. The loop leaves the
    /// telling to the request for its budget and this much longer; then the request is taken for dead.
    /// </summary>
    private static readonly TimeSpan answerTakes = TimeSpan.FromSeconds(1);

    /// <summary>What a message to Slack gets in any case; budget and this are less than Slack's 3 s.</summary>
    private static readonly TimeSpan shortest = TimeSpan.FromMilliseconds(500);

    /// <summary>Marks the Rollout to be looked at. Milliseconds: Argo's controller waits for us.</summary>
    public async Task HintAsync(RolloutRef rollout, CancellationToken stop)
    {
        await store.HintAsync(rollout, stop);
        wakeUp.Signal();
    }

    /// <summary>
    /// Writes the command down and works on it for up to <paramref name="budget"/>. The stored command: without an
    /// outcome when that is not known yet; the loop goes on with it and answers later.
    /// </summary>
    /// <param name="sealedResponseUrl">Where to answer later, encrypted.</param>
    /// <param name="answeredInline">The caller tells the outcome itself; else it is told over the response_url.</param>
    public async Task<CommandReceipt> SubmitAsync(
        Command command,
        byte[]? sealedResponseUrl,
        TimeSpan budget,
        CancellationToken stop,
        bool answeredInline = true
    )
    {
        if (command.Origin.Surface == "slack")
        {
            command = command with { NotBefore = clock.GetUtcNow() + budget + answerTakes };
        }

        var until = clock.GetUtcNow() + budget;
        var receipt = await store.AddAsync(command, sealedResponseUrl, stop);
        if (!receipt.IsNew)
        {
            return receipt;
        }

        try
        {
            if (await OutcomeAsync(command, budget, stop) is not { Outcome: not null } done)
            {
                return receipt;
            }

            if (answeredInline)
            {
                done = done with { Answered = true };
                await store.UpdateAsync(done, stop);
            }
            else
            {
                await DeliverAsync(done, until, stop);
            }

            return new CommandReceipt(done, IsNew: true);
        }
        catch (StoreUnavailableException fault)
        {
            // It was written down before, so that "nothing was done" would be a lie.
            StoreDown(command.Key, fault.Message);
            return receipt;
        }
    }

    /// <summary>Tells the outcome while there is time; a Slack that is slow then is left to the loop.</summary>
    private async Task DeliverAsync(Command done, DateTimeOffset until, CancellationToken stop)
    {
        var left = until - clock.GetUtcNow();
        using var timeout = new CancellationTokenSource(left > shortest ? left : shortest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            await answers.DeliverAsync(done, either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            wakeUp.Signal();
        }
    }

    /// <summary>
    /// Waits up to <paramref name="budget"/> for the outcome of a command that another request brought, and works on it
    /// when nobody does: the process that did may have ended.
    /// </summary>
    public async Task<Command> FollowAsync(Command command, TimeSpan budget, CancellationToken stop) =>
        await OutcomeAsync(command, budget, stop) ?? command;

    /// <summary>
    /// Looks at a Rollout now, and has it shown, for up to <paramref name="budget"/>; what is left over is the loop's.
    /// </summary>
    public async Task LookAsync(RolloutRef rollout, TimeSpan budget, CancellationToken stop)
    {
        var working = worker.WorkAsync(rollout, host.ApplicationStopping);
        try
        {
            await working.WaitAsync(budget, clock, stop);
        }
        catch (TimeoutException)
        {
            _ = working.ContinueWith(_ => wakeUp.Signal(), TaskScheduler.Default);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The lease was lost, or this process is told to stop: whoever comes next goes on with it.
        }
        catch (StoreUnavailableException fault)
        {
            // The Rollout stays due.
            StoreDown(rollout.ToString(), fault.Message);
        }
        finally
        {
            wakeUp.Signal();
        }
    }

    /// <summary>The command with what is known of it; <c>null</c> when the time was over.</summary>
    private async Task<Command?> OutcomeAsync(Command command, TimeSpan budget, CancellationToken stop)
    {
        // The work is not cancelled with the budget: an interrupted patch would have to wait for its intent to run out.
        var working = worker.RunCommandAsync(command, host.ApplicationStopping);
        try
        {
            return await working.WaitAsync(budget, clock, stop);
        }
        catch (TimeoutException)
        {
            _ = working.ContinueWith(_ => wakeUp.Signal(), TaskScheduler.Default);
            return null;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The lease was lost, or this process is told to stop: whoever comes next goes on with it.
            return null;
        }
        finally
        {
            wakeUp.Signal();
        }
    }

    [LoggerMessage(LogLevel.Error, "The store does not answer while working on {What}: {Reason}")]
    private partial void StoreDown(string what, string reason);
}

/// <summary>Wakes the background loop of this process; losing a signal costs only the time until its next tick.</summary>
public sealed class WakeUp
{
    private volatile TaskCompletionSource signal = New();

    /// <summary>There is work.</summary>
    public void Signal() => signal.TrySetResult();

    /// <summary>Completes with the next signal since the last time this completed.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken stop)
    {
        try
        {
            await signal.Task.WaitAsync(atMost, clock, stop);
        }
        catch (TimeoutException)
        {
            return;
        }

        signal = New();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
