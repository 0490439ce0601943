using System.Globalization;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.World;

/// <summary>An app of the sandbox with its one environment.</summary>
/// <param name="Name">Name in the catalog, and of the Rollout.</param>
/// <param name="Environment">Name of the environment, and of the namespace.</param>
/// <param name="RepositoryId">GitHub's id of the source repository.</param>
public sealed record SandboxApp(string Name, string Environment, long RepositoryId)
{
    /// <summary>A person approves its releases.</summary>
    public static readonly SandboxApp MyApp = new("my-app", "production", 101);

    /// <summary>Promotes itself after a countdown.</summary>
    public static readonly SandboxApp Storefront = new("storefront", "staging", 102) { PromotesItselfAfter = 15 };

    /// <summary>The workflow that releases each of them, by its path in the source repository.</summary>
    public const string Workflow = ".github/workflows/release.yml";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SandboxApp> All { get; } = [MyApp, Storefront];

    /// <summary>Seconds from the preview being ready to going live; null: a person promotes.</summary>
    public int? PromotesItselfAfter { get; init; }

    /// <summary>The Rollout, as the service names it.</summary>
    public RolloutRef Rollout => new(SandboxCatalog.Cluster, Environment, Name);

    /// <summary>Image without tag.</summary>
    public string Image => $"registry.example.com/{Name}";

    /// <summary>The source repository.</summary>
    public string Repository => $"acme/{Name}";

    /// <summary>Its folder in the GitOps repository.</summary>
    public string Path => $"apps/{Name}/{Environment}";

    /// <summary>Name of the Argo CD Application.</summary>
    public string Application => $"{Name}-{Environment}";

    /// <summary>For Argo CD.</summary>
    public ArgoCdApp ForArgoCd => new(Application, Environment, Name);

    /// <summary>The image of a version.</summary>
    public string ImageOf(int version, ReleaseKind kind) => $"{Image}:{TagOf(version, kind)}";

    /// <summary>The tag of a version: it tells the cluster how the pods will behave.</summary>
    public static string TagOf(int version, ReleaseKind kind)
    {
        var number = string.Create(CultureInfo.InvariantCulture, $"{version}.0.0");
        return kind == ReleaseKind.Good ? number : $"{number}-{kind.ToString().ToLowerInvariant()}";
    }

    /// <summary>What its team deploys, in its first version.</summary>
    public BlueGreenApp Installed(SandboxPace pace)
    {
        ArgumentNullException.ThrowIfNull(pace);
        return new BlueGreenApp(Environment, Name, ImageOf(1, ReleaseKind.Good))
        {
            AutoPromotionEnabled = PromotesItselfAfter is not null,
            AutoPromotionSeconds = PromotesItselfAfter,
            ScaleDownDelaySeconds = (int)pace.OldVersionStays.TotalSeconds,
            ProgressDeadlineSeconds = (int)pace.ProgressDeadline.TotalSeconds,
        };
    }
}

/// <summary>How the pods of a released version behave.</summary>
public enum ReleaseKind
{
    /// <summary>They become ready.</summary>
    Good,

    /// <summary>They become ready, but take their time.</summary>
    Slow,

    /// <summary>Their image cannot be pulled.</summary>
    Broken,

    /// <summary>They crash again and again.</summary>
    Crash,
}

/// <summary>How fast the world goes.</summary>
public sealed record SandboxPace
{
    /// <summary>Slow enough to watch.</summary>
    public static readonly SandboxPace ForPeople = new();

    /// <summary>Fast enough to wait for.</summary>
    public static readonly SandboxPace ForDemo = new()
    {
        PodReadyAfter = TimeSpan.FromSeconds(1),
        SlowPodReadyAfter = TimeSpan.FromSeconds(3),
        PodGoneAfter = TimeSpan.FromSeconds(0.4),
        ProgressDeadline = TimeSpan.FromSeconds(5),
        OldVersionStays = TimeSpan.FromSeconds(30),
        SyncTakes = TimeSpan.FromSeconds(0.3),
    };

    /// <summary>From a Pod's creation to ready.</summary>
    public TimeSpan PodReadyAfter { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>The same for a slow version; less than <see cref="ProgressDeadline"/>.</summary>
    public TimeSpan SlowPodReadyAfter { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>From a Pod's deletion to its end.</summary>
    public TimeSpan PodGoneAfter { get; init; } = TimeSpan.FromSeconds(1.2);

    /// <summary>How long a release may make no progress. Whole seconds.</summary>
    public TimeSpan ProgressDeadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the old version stays up after the switch. Whole seconds.</summary>
    public TimeSpan OldVersionStays { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often Argo CD looks into Git.</summary>
    public TimeSpan GitPollEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long Argo CD takes to sync.</summary>
    public TimeSpan SyncTakes { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// After how long Argo CD takes back what Git does not ask for; null: never. Its own default, where self-heal is on, is 5 s.
    /// </summary>
    public TimeSpan? SelfHealAfter { get; init; }

    internal ControllerOptions ToController() =>
        new()
        {
            PodReadyAfter = PodReadyAfter,
            SlowPodReadyAfter = SlowPodReadyAfter,
            PodGoneAfter = PodGoneAfter,
            StepDelay = TimeSpan.FromMilliseconds(25),
        };
}
