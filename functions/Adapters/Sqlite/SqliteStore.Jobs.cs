using System.Collections.Immutable;
using System.Text.Json;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

public sealed partial class SqliteStore
{
    private const int FormerLimit = 20;
    private const int UnfinishedLimit = 20;

    /// <summary>
    /// <c>number</c> is the order of insertion and decides between Jobs bound in the same instant. <c>waiting</c>: not
    /// bound and not final. <c>target</c>: succeeded and not rolled back. <c>listed</c>: not a baseline. <c>settled</c>:
    /// told in full, and nothing left to perform.
    /// </summary>
    internal const string JobsTable = """
        CREATE TABLE jobs (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            rollout TEXT NOT NULL,
            app TEXT NOT NULL,
            environment TEXT NOT NULL,
            bound_at INTEGER,
            waiting INTEGER NOT NULL,
            target INTEGER NOT NULL,
            listed INTEGER NOT NULL,
            open INTEGER NOT NULL,
            settled INTEGER NOT NULL,
            version INTEGER NOT NULL,
            document TEXT NOT NULL
        );
        CREATE INDEX jobs_bound ON jobs (rollout, bound_at, number) WHERE bound_at IS NOT NULL;
        CREATE INDEX jobs_targets ON jobs (rollout, bound_at, number) WHERE target = 1;
        CREATE INDEX jobs_waiting ON jobs (rollout, id) WHERE waiting = 1;
        CREATE INDEX jobs_unsettled ON jobs (rollout, id) WHERE settled = 0;
        CREATE INDEX jobs_listed ON jobs (id) WHERE listed = 1;
        CREATE INDEX jobs_listed_by_app ON jobs (app, environment, id) WHERE listed = 1;
        CREATE INDEX jobs_open ON jobs (id) WHERE listed = 1 AND open = 1;

        """;

    /// <inheritdoc/>
    public async Task<Job?> FindJobAsync(JobId id, CancellationToken stop)
    {
        var row = await readers.ReadAsync(
            session => session.First($"SELECT {JobColumns} FROM jobs WHERE id = $id", JobRow, ("$id", id.ToString())),
            stop
        );
        return row is null ? null : await ReadJobAsync(row, stop);
    }

    /// <inheritdoc/>
    public async Task<RolloutJobs> JobsOfAsync(RolloutRef rollout, CancellationToken stop)
    {
        var (current, pending, former, unsettled) = await readers.ReadAsync(
            session =>
                (
                    session.First(
                        $"""
                        SELECT {JobColumns} FROM jobs WHERE rollout = $rollout AND bound_at IS NOT NULL
                        ORDER BY bound_at DESC, number DESC LIMIT 1
                        """,
                        JobRow,
                        ("$rollout", rollout.ToString())
                    ),
                    session.All(
                        $"SELECT {JobColumns} FROM jobs WHERE rollout = $rollout AND waiting = 1 ORDER BY id",
                        JobRow,
                        ("$rollout", rollout.ToString())
                    ),
                    // One more than is wanted: the current one may be among them.
                    session.All(
                        $"""
                        SELECT {JobColumns} FROM jobs WHERE rollout = $rollout AND target = 1
                        ORDER BY bound_at DESC, number DESC LIMIT $limit
                        """,
                        JobRow,
                        ("$rollout", rollout.ToString()),
                        ("$limit", FormerLimit + 1)
                    ),
                    session.All(
                        $"""
                        SELECT {JobColumns} FROM jobs WHERE rollout = $rollout AND settled = 0 AND waiting = 0
                        ORDER BY id DESC LIMIT $limit
                        """,
                        JobRow,
                        ("$rollout", rollout.ToString()),
                        ("$limit", UnfinishedLimit + 1)
                    )
                ),
            stop
        );
        var currentJob = current is null ? null : await ReadJobAsync(current, stop);
        var waiting = new List<Job>();
        foreach (var row in pending)
        {
            waiting.Add(await ReadJobAsync(row, stop));
        }

        var targets = await ReadableAsync(former, stop);
        var unfinished = await ReadableAsync(unsettled, stop);
        return new RolloutJobs(
            currentJob,
            [.. waiting],
            [.. targets.Where(job => job.Id != currentJob?.Id).Take(FormerLimit)]
        )
        {
            Unfinished = [.. unfinished.Where(job => job.Id != currentJob?.Id).Take(UnfinishedLimit)],
        };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Job>> ListJobsAsync(
        JobFilter filter,
        int limit,
        JobId? before,
        CancellationToken stop
    )
    {
        // Conditions that are not asked for are left out, so that each combination finds its index.
        var sql =
            $"SELECT {JobColumns} FROM jobs WHERE listed = 1"
            + (filter.App is null ? "" : " AND app = $app")
            + (filter.Environment is null ? "" : " AND environment = $environment")
            + (filter.OpenOnly ? " AND open = 1" : "")
            + (before is null ? "" : " AND id < $before")
            + " ORDER BY id DESC LIMIT $limit";
        var values = new List<(string, object?)> { ("$limit", limit) };
        if (filter.App is not null)
        {
            values.Add(("$app", filter.App));
        }

        if (filter.Environment is not null)
        {
            values.Add(("$environment", filter.Environment));
        }

        if (before is not null)
        {
            values.Add(("$before", before.Value.ToString()));
        }

        var rows = await readers.ReadAsync(session => session.All(sql, JobRow, [.. values]), stop);
        return await ReadableAsync(rows, stop);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The lease is of another Rollout.</exception>
    public Task<Job?> SaveAsync(Job job, RolloutLease held, CancellationToken stop)
    {
        if (job.Rollout != held.Rollout)
        {
            throw new ArgumentException(
                $"Job {job.Id} is of {job.Rollout}, the lease of {held.Rollout}.",
                nameof(held)
            );
        }

        var saved = job with { Version = job.Version + 1 };
        // Serialised here, on the caller's thread, and once.
        ImmutableArray<(string, object?)> values =
        [
            ("$id", job.Id.ToString()),
            ("$rollout", job.Rollout.ToString()),
            ("$app", job.App),
            ("$environment", job.Environment),
            ("$boundAt", Ticks(job.Release?.BoundAt)),
            ("$waiting", !job.IsBound && !job.IsFinal),
            ("$target", job is { IsBound: true, Status: JobStatus.Succeeded, Rollback: null }),
            ("$listed", job.Source != JobSource.Baseline),
            ("$open", job.IsOpen),
            ("$settled", job.IsSettled),
            ("$stuck", job.HasStuckEffects),
            ("$version", saved.Version),
            ("$document", JobJson.Write(saved)),
            ("$expected", job.Version),
            ("$instance", instance),
            ("$fence", held.Fence),
        ];
        var applied = JsonSerializer.Serialize(job.AppliedCommands.Select(command => command.Key));
        return writer.WriteAsync(
            session =>
            {
                if (session.Execute(job.Version == 0 ? InsertJob : ReplaceJob, values.AsSpan()) != 1)
                {
                    return null;
                }

                RememberApplied(session, saved, applied);
                return saved;
            },
            stop
        );
    }

    private const string LeaseIsHeld =
        "EXISTS (SELECT 1 FROM leases WHERE rollout = $rollout AND instance = $instance AND fence = $fence)";

    private const string InsertJob = $"""
        INSERT INTO jobs (
            id, rollout, app, environment, bound_at, waiting, target, listed, open, settled, stuck, version, document
        )
        SELECT
            $id, $rollout, $app, $environment, $boundAt, $waiting, $target, $listed, $open, $settled, $stuck, $version,
            $document
        WHERE $expected = 0 AND {LeaseIsHeld}
        ON CONFLICT (id) DO NOTHING
        """;

    private const string ReplaceJob = $"""
        UPDATE jobs SET
            rollout = $rollout, app = $app, environment = $environment, bound_at = $boundAt, waiting = $waiting,
            target = $target, listed = $listed, open = $open, settled = $settled, stuck = $stuck, version = $version,
            document = $document, unreadable = 0
        WHERE id = $id AND version = $expected AND {LeaseIsHeld}
        """;
}
