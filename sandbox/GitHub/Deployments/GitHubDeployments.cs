namespace Devflow.ChatOps.Sandbox.GitHub.Deployments;

/// <summary>The deployments of a repository.</summary>
public sealed class GitHubDeployments
{
    private readonly GitHubRepository repository;
    private readonly Lock gate = new();
    private readonly List<GitHubDeployment> deployments = [];

    internal GitHubDeployments(GitHubRepository repository) => this.repository = repository;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<GitHubDeployment> All
    {
        get
        {
            lock (gate)
            {
                return [.. Enumerable.Reverse(deployments)];
            }
        }
    }

    public GitHubDeployment? Find(long id)
    {
        lock (gate)
        {
            return deployments.Find(deployment => deployment.Id == id);
        }
    }

    internal GitHubDeployment Add(Func<long, GitHubDeployment> make)
    {
        var made = make(repository.World.NextId());
        lock (gate)
        {
            deployments.Add(made);
        }

        repository.World.OnChanged();
        return made;
    }

    /// <summary>Adds a status; a success retires the former deployments of an environment that is neither transient nor production.</summary>
    internal GitHubDeploymentStatus AddStatus(GitHubDeployment of, GitHubDeploymentStatus status, bool retires)
    {
        status = status with { Id = repository.World.NextId() };
        lock (gate)
        {
            Change(of.Id, status);
            if (retires && status.State == "success")
            {
                var former = deployments
                    .Where(other => other.Id < of.Id && other.Environment == of.Environment)
                    .Where(other => other is { IsTransient: false, IsProduction: false, State: "success" })
                    .ToList();
                foreach (var other in former)
                {
                    Change(other.Id, status with { Id = repository.World.NextId(), State = "inactive" });
                }
            }
        }

        repository.World.OnChanged();
        return status;
    }

    internal void Put(IEnumerable<GitHubDeployment> kept)
    {
        lock (gate)
        {
            deployments.AddRange(kept);
        }
    }

    private void Change(long id, GitHubDeploymentStatus status)
    {
        var at = deployments.FindIndex(deployment => deployment.Id == id);
        deployments[at] = deployments[at] with
        {
            UpdatedAt = status.CreatedAt,
            Statuses = [.. deployments[at].Statuses, status],
        };
    }
}
