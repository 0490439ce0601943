using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Where endpoints leave what came in. Everything is written down before this answers; a command is worked on within
/// the caller's budget, because no host promises time after the response.
/// </summary>
public sealed class Inbox(
    IStore store,
    RolloutWorker worker,
    Answers answers,
    WakeUp wakeUp,
    IHostApplicationLifetime host,
    TimeProvider clock
)
{
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
        var receipt = await store.AddAsync(command, sealedResponseUrl, stop);
        if (!receipt.IsNew)
        {
            return receipt;
        }

        // The work is not cancelled with the budget: an interrupted patch would have to wait for its intent to run out.
        var working = worker.RunCommandAsync(command, host.ApplicationStopping);
        try
        {
            var done = await working.WaitAsync(budget, clock, stop);
            if (done.Outcome is not null && answeredInline)
            {
                done = done with { Answered = true };
                await store.UpdateAsync(done, stop);
            }
            else if (done.Outcome is not null)
            {
                await answers.DeliverAsync(done, stop);
            }

            return new CommandReceipt(done, IsNew: true);
        }
        catch (TimeoutException)
        {
            _ = working.ContinueWith(_ => wakeUp.Signal(), TaskScheduler.Default);
            return receipt;
        }
        finally
        {
            wakeUp.Signal();
        }
    }
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
