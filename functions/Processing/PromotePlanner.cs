using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Says what a promote would come to, on a live read, and changes nothing: no lease, no write, no patch.
/// </summary>
internal sealed class PromotePlanner(
    IStore store,
    IRollouts rollouts,
    GroupDirectory groups,
    SlackAccounts accounts,
    TimeProvider clock
)
{
    /// <summary>Slack waits 3 s for the answer.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(1.5);

    /// <param name="command">The promote that is asked about; it is not stored.</param>
    public async Task<PlannedPromote> PlanAsync(
        Command command,
        Wish.Promote wish,
        ReleaseTarget target,
        ReleaseCatalog catalog,
        CancellationToken stop
    )
    {
        var account = accounts.LookAsync(command, stop);
        var asked = MembersAsync(catalog, target, stop);
        var reading = SeeAsync(command.Rollout, stop);
        var jobs = await store.JobsOfAsync(command.Rollout, stop);
        var now = clock.GetUtcNow();
        var here = new Circumstances(catalog, target, now, JobId.New(now))
        {
            Groups = await asked,
            AsksGitHub = groups.AsksGitHub,
            Lock = await store.FindLockAsync(target.App.Name, target.Environment.Name, now, stop),
        };
        here = CommandRunner.Vouched(here, command, await account);
        var (seen, unreadable) = await reading;
        var plan = PromotePlan.Of(command, wish, jobs, seen, here, unreadable);
        var request = plan.Patch is { } patch ? rollouts.RequestOf(command.Rollout, patch) : null;
        return new PlannedPromote(plan, request, here.Groups, now);
    }

    private async Task<Groups> MembersAsync(ReleaseCatalog catalog, ReleaseTarget target, CancellationToken stop)
    {
        try
        {
            return await groups.ResolveAsync(catalog, target, stop).WaitAsync(patience, clock, stop);
        }
        catch (TimeoutException)
        {
            return Groups.Unresolved;
        }
    }

    private async Task<(Observation? Seen, Refusal? Unreadable)> SeeAsync(RolloutRef rollout, CancellationToken stop)
    {
        try
        {
            return await rollouts.FindAsync(rollout, stop).WaitAsync(patience, clock, stop) switch
            {
                ClusterAnswer<RolloutView>.Ok ok => (new Observation(clock.GetUtcNow(), ok.Value), null),
                ClusterAnswer<RolloutView>.Fault { Why.Kind: ClusterFaultKind.NotFound } => (null, null),
                ClusterAnswer<RolloutView>.Fault fault => (null, CommandRunner.Unreadable(fault.Why, rollout)),
                _ => throw new InvalidOperationException("An answer that nobody reads."),
            };
        }
        catch (TimeoutException)
        {
            return (null, new Refusal.ClusterUnreachable(rollout.Cluster));
        }
    }
}

/// <summary>What a promote would come to.</summary>
/// <param name="Request">The patch as it would be sent; <c>null</c> when there is nothing to patch.</param>
/// <param name="Groups">Who is a member of what, as far as it could be resolved.</param>
/// <param name="At">When the cluster was read.</param>
internal sealed record PlannedPromote(PromotePlan Plan, PatchRequest? Request, Groups Groups, DateTimeOffset At);
