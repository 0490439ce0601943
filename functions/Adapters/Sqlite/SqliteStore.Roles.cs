namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

public sealed partial class SqliteStore
{
    // A Rollout's key has three parts, so that no role is taken for one.
    private static string RoleKey(string role) => $"role:{role}";

    /// <inheritdoc/>
    public Task<bool> TakeRoleAsync(string role, DateTimeOffset now, CancellationToken stop) =>
        writer.WriteAsync(
            session =>
                session.Execute(
                    """
                    INSERT INTO leases (rollout, holder, instance, fence, until)
                    VALUES ($role, $holder, $instance, 1, $until)
                    ON CONFLICT (rollout) DO UPDATE SET
                        holder = excluded.holder, instance = excluded.instance, fence = fence + 1, until = excluded.until
                    WHERE until <= $now OR until > $tooFar OR holder = excluded.holder
                    """,
                    ("$role", RoleKey(role)),
                    ("$holder", holder),
                    ("$instance", instance),
                    ("$until", (now + Core.Ports.RolloutLease.Duration).UtcTicks),
                    ("$now", now.UtcTicks),
                    ("$tooFar", (now + Core.Ports.RolloutLease.LongestLeft).UtcTicks)
                ) == 1,
            stop
        );

    /// <inheritdoc/>
    public Task GiveUpRoleAsync(string role, CancellationToken stop) =>
        writer.WriteAsync(
            session =>
                session.Execute(
                    """
                    UPDATE leases SET holder = '', instance = '', until = 0
                    WHERE rollout = $role AND instance = $instance
                    """,
                    ("$role", RoleKey(role)),
                    ("$instance", instance)
                ),
            stop
        );
}
