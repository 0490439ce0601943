using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Sandbox.World;

/// <summary>
/// Writes cluster, workspace and GitHub to the folder soon after they change, so that even a killed sandbox goes on about where
/// it was.
/// </summary>
internal sealed class SandboxKeeper : IAsyncDisposable
{
    private static readonly TimeSpan atMostEvery = TimeSpan.FromSeconds(1);
    private readonly SandboxFolder folder;
    private readonly ObjectStore store;
    private readonly SlackWorkspace workspace;
    private readonly GitHubWorld gitHub;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim changed = new(0, 1);
    private readonly Task keeping;

    public SandboxKeeper(SandboxFolder folder, ObjectStore store, SlackWorkspace workspace, GitHubWorld gitHub)
    {
        this.folder = folder;
        this.store = store;
        this.workspace = workspace;
        this.gitHub = gitHub;
        store.Changed += OnClusterChanged;
        workspace.Changed += OnSlackChanged;
        gitHub.Changed += Signal;
        Save();
        keeping = Task.Run(KeepAsync);
    }

    /// <summary>Writes what is there last.</summary>
    public async ValueTask DisposeAsync()
    {
        store.Changed -= OnClusterChanged;
        workspace.Changed -= OnSlackChanged;
        gitHub.Changed -= Signal;
        await stop.CancelAsync();
        await keeping;
        Save();
        stop.Dispose();
        changed.Dispose();
    }

    private async Task KeepAsync()
    {
        try
        {
            while (true)
            {
                await changed.WaitAsync(stop.Token);
                Save();
                await Task.Delay(atMostEvery, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The last state is written by whoever stops this.
        }
    }

    private void Save()
    {
        store.SaveTo(folder.Cluster);
        SlackWorkspaceFile.Save(workspace, folder.Slack);
        GitHubWorldFile.Save(gitHub, folder.GitHub);
    }

    private void OnClusterChanged(StoreEvent change) => Signal();

    private void OnSlackChanged(SlackChange change) => Signal();

    private void Signal()
    {
        lock (changed)
        {
            if (changed.CurrentCount == 0)
            {
                changed.Release();
            }
        }
    }
}
