using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.EndToEnd.World;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Tests.EndToEnd.Survival;

/// <summary>What a rollback writes into Git and tells of it.</summary>
internal enum GitWrite
{
    /// <summary>The branch of a pull request.</summary>
    Branch,

    /// <summary>The revert itself.</summary>
    Commit,

    PullRequest,

    /// <summary>Argo CD looks into Git at once.</summary>
    Refresh,

    CheckRun,
    CheckRunUpdate,
    DeploymentStatus,
}

/// <summary>
/// Kills the service when it writes for the app that is rolled back: at the first write of each kind, and not again at this
/// kind. What it writes then it writes with a new process.
/// </summary>
internal sealed class GitKills
{
    private readonly Lock gate = new();
    private readonly HashSet<GitWrite> hit = [];
    private TaskCompletionSource<ServiceProcess> alive = NewSignal();
    private string? app;
    private Death death;
    private IReadOnlyList<GitWrite> writes = [];

    /// <summary>The writes at which it was killed, since the app was named.</summary>
    public IReadOnlyList<GitWrite> Hit
    {
        get
        {
            lock (gate)
            {
                return [.. hit.Order()];
            }
        }
    }

    /// <summary>A new process runs.</summary>
    public void Watch(ServiceProcess started)
    {
        lock (gate)
        {
            alive.TrySetResult(started);
        }
    }

    /// <summary>At once, unless it was killed and no other process was started since.</summary>
    public Task WhenAliveAsync(CancellationToken stop)
    {
        lock (gate)
        {
            return alive.Task.WaitAsync(stop);
        }
    }

    /// <summary>From now on the service dies in this way at these writes for this app.</summary>
    public void Arm(string about, Death way, IEnumerable<GitWrite> at)
    {
        lock (gate)
        {
            (app, death, writes) = (about, way, [.. at]);
            hit.Clear();
        }
    }

    /// <summary>From now on it lives.</summary>
    public void Disarm()
    {
        lock (gate)
        {
            app = null;
        }
    }

    /// <summary>What GitHub does with a request.</summary>
    public GitHubFault? At(GitHubCall call) =>
        Kind(call) is { } write && Kill(write, about => IsAbout(call, about)) is { } way
            ? way == Death.BeforeItArrives
                ? new GitHubFault.Cut()
                : new GitHubFault.CutAfterWork()
            : null;

    /// <summary>What Argo CD does when it is asked to look into Git for an Application.</summary>
    public async Task RefreshAsync(string application, Func<Task> look)
    {
        var way = Kill(GitWrite.Refresh, about => application.Contains(about, StringComparison.Ordinal));
        if (way != Death.BeforeItArrives)
        {
            await look();
        }
    }

    /// <summary>Kills it if this is the moment. Whoever is dead already does not die of it.</summary>
    private Death? Kill(GitWrite write, Func<string, bool> isAbout)
    {
        lock (gate)
        {
            if (app is null || !alive.Task.IsCompleted || !writes.Contains(write) || !isAbout(app) || !hit.Add(write))
            {
                return null;
            }

            alive.Task.Result.Kill();
            alive = NewSignal();
            return death;
        }
    }

    private static TaskCompletionSource<ServiceProcess> NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool IsAbout(GitHubCall call, string app) =>
        call.Path.Contains($"/acme/{app}/", StringComparison.Ordinal)
        || (
            (call.IsGraphQl || call.Path.Contains($"/{WorldGit.Repository}/", StringComparison.Ordinal))
            && call.Body.Contains(app, StringComparison.Ordinal)
        );

    private static GitWrite? Kind(GitHubCall call) =>
        (call.Method, call.Path) switch
        {
            _ when call.IsGraphQl => call.Body.Contains("createCommitOnBranch", StringComparison.Ordinal)
                ? GitWrite.Commit
                : null,
            ("POST", var path) when path.EndsWith("/git/refs", StringComparison.Ordinal) => GitWrite.Branch,
            ("POST", var path) when path.EndsWith("/pulls", StringComparison.Ordinal) => GitWrite.PullRequest,
            ("POST", var path) when path.EndsWith("/check-runs", StringComparison.Ordinal) => GitWrite.CheckRun,
            ("PATCH", var path) when path.Contains("/check-runs/", StringComparison.Ordinal) => GitWrite.CheckRunUpdate,
            ("POST", var path) when path.EndsWith("/statuses", StringComparison.Ordinal) => GitWrite.DeploymentStatus,
            _ => null,
        };
}
