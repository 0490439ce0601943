using System.Text.Json.Serialization;

namespace Devflow.ChatOps.Action.Service;

/// <summary>The body of <c>POST /api/jobs</c>; its description is the service's <c>openapi.yaml</c>.</summary>
public sealed record JobAnnouncement
{
    public required string App { get; init; }
    public required string Environment { get; init; }

    /// <summary>The repository of the image, without tag and digest.</summary>
    public required string Image { get; init; }
    public string? Tag { get; init; }
    public string? Digest { get; init; }
    public string? GitopsRepository { get; init; }
    public string? GitopsCommit { get; init; }

    /// <summary>The commit before it, to which Git goes back.</summary>
    public string? GitopsParent { get; init; }
    public string? SourceCommit { get; init; }
    public string? RunId { get; init; }
    public int? RunAttempt { get; init; }
    public string? Actor { get; init; }
}

/// <summary>A Job as the service tells it; only what is read here. Statuses that are not known yet stay words.</summary>
public sealed record JobView
{
    public string Id { get; init; } = "";
    public string Status { get; init; } = "";
    public string Message { get; init; } = "";
    public string Version { get; init; } = "";
    public IReadOnlyList<StepView> Steps { get; init; } = [];
    public string? Trouble { get; init; }
    public string? SupersededBy { get; init; }
    public string? GitopsCommit { get; init; }

    /// <summary>Where GitHub shows it; <c>null</c> where it does not, or not yet.</summary>
    public GitHubView? GitHub { get; init; }

    /// <summary>Images of what it became in the cluster; none before that.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>Whether a step is behind the release.</summary>
    public bool IsPast(string step) =>
        Steps.Any(known => known.Name == step && known.Status is "Succeeded" or "Skipped");
}

/// <summary>What GitHub shows of a Job.</summary>
public sealed record GitHubView
{
    /// <summary>Address of the page with the checks of its commit.</summary>
    public string? Checks { get; init; }
}

/// <summary>Jobs, newest first.</summary>
public sealed record JobPageView
{
    public IReadOnlyList<JobView> Jobs { get; init; } = [];
}

/// <summary>One of the six steps.</summary>
public sealed record StepView
{
    public string Name { get; init; } = "";
    public string Status { get; init; } = "";
    public string Message { get; init; } = "";
    public DateTimeOffset? Since { get; init; }
}

/// <summary>What came of a command.</summary>
public sealed record OutcomeView
{
    public string Code { get; init; } = "";
    public string Text { get; init; } = "";
    public JobView? Job { get; init; }
}

/// <summary>Why the service refuses, RFC 9457.</summary>
public sealed record ProblemView
{
    public string? Title { get; init; }
    public string? Detail { get; init; }
    public string? Code { get; init; }
}

/// <summary>What the runner answers when it is asked for a token.</summary>
public sealed record TokenView
{
    public string? Value { get; init; }
}

/// <summary>The part of a token that says until when it is good.</summary>
public sealed record TokenLifetime
{
    /// <summary>Seconds since 1970.</summary>
    [JsonPropertyName("exp")]
    public long Expires { get; init; }
}

/// <summary>Reads and writes them without reflection, which a process of one second has no time for.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(JobAnnouncement))]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(JobPageView))]
[JsonSerializable(typeof(OutcomeView))]
[JsonSerializable(typeof(ProblemView))]
[JsonSerializable(typeof(TokenView))]
[JsonSerializable(typeof(TokenLifetime))]
internal sealed partial class ServiceJson : JsonSerializerContext;
