using System.Collections.Concurrent;
using Devflow.ChatOps.Sandbox.GitHub;
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
    private readonly string address;
    private readonly string branch;
    private readonly TimeProvider clock;
    private readonly TimeSpan pollEvery;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> following = [];
    private readonly ConcurrentDictionary<string, Followed> apps = new(StringComparer.Ordinal);

    /// <summary>Follows nothing yet.</summary>
    public ArgoCdGit(ArgoCd argoCd, GitHubRepository repository, string branch, TimeProvider clock, TimeSpan pollEvery)
    {
        ArgumentNullException.ThrowIfNull(argoCd);
        ArgumentNullException.ThrowIfNull(repository);
        (this.argoCd, this.branch, this.clock, this.pollEvery) = (argoCd, branch, clock, pollEvery);
        git = repository.Git;
        address = $"https://github.com/{repository.FullName}.git";
        argoCd.RefreshAsked += OnRefreshAsked;
    }

    /// <summary>Takes an app over, and syncs it at once if Git wants something that was never synced.</summary>
    /// <param name="app">The app.</param>
    /// <param name="path">The folder of its manifests, without slashes around it.</param>
    public void Follow(ArgoCdApp app, string path)
    {
        ArgumentNullException.ThrowIfNull(app);
        argoCd.Add(app with { Source = new ArgoCdSource(address, branch, path) }, git.Head(branch) ?? "");
        var followed = apps[app.Application] = new Followed(app.Application, path);
        following.Add(Task.Run(() => FollowAsync(followed)));
    }

    /// <summary>Waits for syncs that are under way: one that is cut off would leave its release hanging.</summary>
    public async ValueTask DisposeAsync()
    {
        argoCd.RefreshAsked -= OnRefreshAsked;
        await stop.CancelAsync();
        await Task.WhenAll(following);
        foreach (var app in apps.Values)
        {
            app.Dispose();
        }

        stop.Dispose();
    }

    private void OnRefreshAsked(string application)
    {
        if (apps.TryGetValue(application, out var app))
        {
            following.Add(Task.Run(() => LookAsync(app)).ContinueWith(_ => { }, TaskScheduler.Default));
        }
    }

    private sealed record Followed(string Application, string Path) : IDisposable
    {
        /// <summary>Asked for or polled, one look at a time.</summary>
        public SemaphoreSlim Gate { get; } = new(1);

        /// <summary>The head of the last look.</summary>
        public string? Seen { get; set; }

        public void Dispose() => Gate.Dispose();
    }

    /// <summary>
    /// Looks into Git now, as <c>refresh=normal</c> and the annotation of that name ask for; false when the app is not
    /// known. It ends when what Git wants is synced.
    /// </summary>
    public async Task<bool> RefreshAsync(string application)
    {
        if (!apps.TryGetValue(application, out var app))
        {
            return false;
        }

        await LookAsync(app);
        return true;
    }

    private async Task FollowAsync(Followed app)
    {
        using var timer = new PeriodicTimer(pollEvery, clock);
        try
        {
            do
            {
                await LookAsync(app);
            } while (await timer.WaitForNextTickAsync(stop.Token));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was under way came to its end.
        }
    }

    private async Task LookAsync(Followed app)
    {
        await app.Gate.WaitAsync(stop.Token);
        try
        {
            if (git.Head(branch) is { } head && head != app.Seen)
            {
                await LookAsync(app.Application, app.Path, head);
                app.Seen = head;
            }
        }
        finally
        {
            app.Gate.Release();
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
