namespace Devflow.ChatOps.Sandbox.GitHub.Checks;

/// <summary>The check runs of a repository.</summary>
public sealed class GitHubChecks
{
    private readonly GitHubRepository repository;
    private readonly Lock gate = new();
    private readonly List<GitHubCheckRun> runs = [];

    internal GitHubChecks(GitHubRepository repository) => this.repository = repository;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<GitHubCheckRun> All
    {
        get
        {
            lock (gate)
            {
                return [.. Enumerable.Reverse(runs)];
            }
        }
    }

    /// <summary>Those of a commit, newest first.</summary>
    public IReadOnlyList<GitHubCheckRun> Of(string sha) => [.. All.Where(run => run.HeadSha == sha)];

    /// <summary>The one that counts of those with the same name: what a person sees first.</summary>
    public GitHubCheckRun? Latest(string sha, string name) => Of(sha).FirstOrDefault(run => run.Name == name);

    public GitHubCheckRun? Find(long id)
    {
        lock (gate)
        {
            return runs.Find(run => run.Id == id);
        }
    }

    /// <summary>Adds one; its App, and those that listen, are told.</summary>
    internal GitHubCheckRun Add(Func<long, GitHubCheckRun> make)
    {
        GitHubCheckRun made;
        lock (gate)
        {
            made = make(repository.World.NextId());
            var suite = runs.Find(run => run.HeadSha == made.HeadSha && run.AppId == made.AppId)?.SuiteId;
            made = made with { SuiteId = suite ?? repository.World.NextId() };
            runs.Add(made);
        }

        repository.World.OnChanged();
        repository.World.Hooks.OnCheckRun(repository, made, "created");
        if (made.IsCompleted)
        {
            repository.World.Hooks.OnCheckRun(repository, made, "completed");
        }

        return made;
    }

    internal void Put(IEnumerable<GitHubCheckRun> kept)
    {
        lock (gate)
        {
            runs.AddRange(kept);
        }
    }

    internal GitHubCheckRun? Change(long id, Func<GitHubCheckRun, GitHubCheckRun> change)
    {
        GitHubCheckRun before,
            after;
        lock (gate)
        {
            var at = runs.FindIndex(run => run.Id == id);
            if (at < 0)
            {
                return null;
            }

            before = runs[at];
            runs[at] = after = change(before);
        }

        repository.World.OnChanged();
        if (after.IsCompleted && !before.IsCompleted)
        {
            repository.World.Hooks.OnCheckRun(repository, after, "completed");
        }

        return after;
    }
}
