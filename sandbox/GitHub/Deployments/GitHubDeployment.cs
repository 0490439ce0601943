namespace Devflow.ChatOps.Sandbox.GitHub.Deployments;

/// <summary>A deployment (https://docs.github.com/rest/deployments/deployments). Immutable.</summary>
/// <param name="Ref">As it was asked for.</param>
/// <param name="Sha">The commit that it was then.</param>
/// <param name="By">Login of who made it.</param>
/// <param name="AppId">The App that made it, if one did.</param>
public sealed record GitHubDeployment(long Id, string Ref, string Sha, string Environment, string By, long? AppId)
{
    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public string Task { get; init; } = "deploy";

    public string? Description { get; init; }

    /// <summary>JSON.</summary>
    public string Payload { get; init; } = "{}";

    /// <summary>Whether the environment is to go away again.</summary>
    public bool IsTransient { get; init; }

    /// <summary>Whether users meet it.</summary>
    public bool IsProduction { get; init; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<GitHubDeploymentStatus> Statuses { get; init; } = [];

    /// <summary>The last status; null when there is none.</summary>
    public string? State => Statuses.Count > 0 ? Statuses[^1].State : null;
}

/// <summary>A status of a deployment.</summary>
/// <param name="By">Login of who set it.</param>
public sealed record GitHubDeploymentStatus(
    long Id,
    string State,
    string Description,
    string By,
    DateTimeOffset CreatedAt
)
{
    public string Environment { get; init; } = "";

    public string LogUrl { get; init; } = "";

    public string EnvironmentUrl { get; init; } = "";

    public long? AppId { get; init; }
}
