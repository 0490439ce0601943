using Devflow.ChatOps.Sandbox.GitHub.Git;

namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>
/// The part of Argo CD that looks into Git: it polls a branch, whoever writes it, and syncs an app when something below the
/// app's path changed after the last sync. Other changes of the branch pass an app by, as with the annotation
/// <c>argocd.argoproj.io/manifest-generate-paths</c>.
/// </summary>
public sealed class ArgoCdGit : IAsyncDisposable
{
    private readonly ArgoCd argoCd;
    private readonly GitRepository git;
    private readonly string branch;
    private readonly TimeProvider clock;
    private readonly TimeSpan pollEvery;
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> following = [];

    /// <summary>Follows nothing yet.</summary>
    public ArgoCdGit(ArgoCd argoCd, GitRepository git, string branch, TimeProvider clock, TimeSpan pollEvery)
    {
        ArgumentNullException.ThrowIfNull(argoCd);
        ArgumentNullException.ThrowIfNull(git);
        (this.argoCd, this.git, this.branch, this.clock, this.pollEvery) = (argoCd, git, branch, clock, pollEvery);
    }

    /// <summary>Takes an app over, and syncs it at once if Git wants something that was never synced.</summary>
    /// <param name="app">The app.</param>
    /// <param name="path">The folder of its manifests, without slashes around it.</param>
    public void Follow(ArgoCdApp app, string path)
    {
        ArgumentNullException.ThrowIfNull(app);
        argoCd.Add(app, git.Head(branch) ?? "");
        following.Add(Task.Run(() => FollowAsync(app.Application, path)));
    }

    /// <summary>Waits for syncs that are under way: one that is cut off would leave its release hanging.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(following);
        stop.Dispose();
    }

    private async Task FollowAsync(string application, string path)
    {
        using var timer = new PeriodicTimer(pollEvery, clock);
        string? seen = null;
        try
        {
            do
            {
                if (git.Head(branch) is { } head && head != seen)
                {
                    await LookAsync(application, path, head);
                    seen = head;
                }
            } while (await timer.WaitForNextTickAsync(stop.Token));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was under way came to its end.
        }
    }

    private async Task LookAsync(string application, string path, string head)
    {
        if (git.Commit(head) is null)
        {
            // Packed by somebody's git gc, which this repository does not read.
            argoCd.TellComparison(application, $"failed to resolve {branch}: object {head} cannot be read");
            return;
        }

        var newest = git.Log(head, path).FirstOrDefault() ?? head;
        if (argoCd.LastSynced(application) is { } last && git.IsAncestor(newest, last))
        {
            return;
        }

        DesiredState desired;
        try
        {
            desired = DesiredState.Read(git, head, path);
        }
        catch (InvalidDataException fault)
        {
            argoCd.TellComparison(application, $"failed to generate manifest: {fault.Message}");
            return;
        }

        argoCd.TellComparison(application, null);
        await argoCd.SyncAsync(application, desired, head);
    }
}
