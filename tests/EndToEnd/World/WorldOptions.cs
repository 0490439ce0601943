using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Sandbox.Argo;

namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <summary>An app with one environment, <c>production</c>, which has a Slack channel of its own.</summary>
/// <param name="Name">Of the app, its Rollout and its image.</param>
internal sealed record WorldApp(string Name = "my-app")
{
    /// <summary>Who may promote, in the catalog's words.</summary>
    public string Promote { get; init; } = "{ by: [platform] }";

    /// <summary>More keys of the environment, one a line, without indentation.</summary>
    public string More { get; init; } = "";

    /// <summary>Of the environment, where the app has a second one.</summary>
    public string Environment { get; init; } = "production";

    /// <summary>The cluster it runs in; the world has only <see cref="WorldCatalog.Cluster"/>, any other hangs.</summary>
    public string Cluster { get; init; } = WorldCatalog.Cluster;

    /// <summary>How the Rollout differs from one that waits for a person.</summary>
    public Func<BlueGreenApp, BlueGreenApp> Rollout { get; init; } = app => app;

    /// <summary>Whether there is a Rollout at the beginning.</summary>
    public bool IsInstalled { get; init; } = true;

    /// <summary>Whether it is released by commits, in a world with <see cref="WorldOptions.Git"/>.</summary>
    public bool IsInGit { get; init; }

    /// <summary>Whether the catalog wants rollbacks as pull requests, where it is in Git.</summary>
    public bool ByPullRequest { get; init; }

    /// <summary>The name of the Rollout.</summary>
    public string RolloutName => Environment == "production" ? Name : $"{Name}-{Environment}";

    /// <summary>Slack channel of the app.</summary>
    public string Channel => "C0" + Name.ToUpperInvariant().Replace("-", "", StringComparison.Ordinal);

    /// <summary>The image at a version.</summary>
    public string Image(string version) => $"registry.example.com/{Name}:{version}";
}

/// <summary>How a world is to be.</summary>
internal sealed record WorldOptions
{
    public IReadOnlyList<WorldApp> Apps { get; init; } = [new WorldApp()];

    /// <summary>Who may look, in the catalog's words; everyone where it says nothing.</summary>
    public string? Viewers { get; init; }

    /// <summary>Whether the service's loop runs in the background; without it, a test sweeps.</summary>
    public bool RunsLoop { get; init; } = true;

    /// <summary>Whether the sweep runs in the background, beside the loop.</summary>
    public bool Sweeps { get; init; } = true;

    /// <summary>Whether the controller's notifications reach the service; without them only the sweep looks.</summary>
    public bool Notifies { get; init; } = true;

    /// <summary>Settings over those of every world; a value of null takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Changes to the cluster's behaviour.</summary>
    public Action<ControllerOptions> Cluster { get; init; } = _ => { };

    /// <summary>Comes between the service and its store.</summary>
    public Func<IStore, IStore> Store { get; init; } = store => store;

    /// <summary>
    /// How far the service's clock may be from its store's; null: they are not compared, for time that a test skips passes
    /// in no database.
    /// </summary>
    public TimeSpan? MostSkew { get; init; }

    /// <summary>Git and an Argo CD that follows it; null: there are none, and tests change the Rollout themselves.</summary>
    public WorldGitOptions? Git { get; init; }

    /// <summary>Errors in the service's log that the test brings about.</summary>
    public Func<string, bool> Expects { get; init; } = _ => false;
}
