using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>How fast the stand-in cluster is, and which of the real controller's faults it shows.</summary>
public sealed class ControllerOptions
{
    /// <summary>From a Pod's creation to its container being created, or failing to be pulled.</summary>
    public TimeSpan PodStartsAfter { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>From a Pod's creation to ready, as in the recordings.</summary>
    public TimeSpan PodReadyAfter { get; set; } = TimeSpan.FromSeconds(2.5);

    /// <summary>The same for an image whose tag contains "slow".</summary>
    public TimeSpan SlowPodReadyAfter { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>From the deletion of a Pod to its end.</summary>
    public TimeSpan PodGoneAfter { get; set; } = TimeSpan.FromSeconds(1.2);

    /// <summary>
    /// Waited before each write of a Rollout, so that readers can meet the small intermediate states; about 25 ms is
    /// what the real controller takes. Zero: one write right after the other.
    /// </summary>
    public TimeSpan StepDelay { get; set; }

    /// <summary>
    /// Whether a promote that comes within <see cref="SwallowWindow"/> of the pause is lost for good, as with
    /// controllers up to v1.9.1 (recordings 15a, 15b). Can be set for single Rollouts on the controller.
    /// </summary>
    public bool EmulateSwallowedPromote { get; set; }

    /// <summary>How long after the pause a promote is lost.</summary>
    public TimeSpan SwallowWindow { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How analyses end that do not say it themselves by an argument <c>result</c> (Successful, Failed, Error,
    /// Inconclusive) and <c>duration-seconds</c>; asked with the AnalysisRun when it starts.
    /// </summary>
    public Func<JsonObject, AnalysisOutcome> Analysis { get; set; } = _ => AnalysisOutcome.Successful;
}

/// <summary>How an analysis ends and how long it takes.</summary>
/// <param name="Phase">Successful, Failed, Error or Inconclusive.</param>
/// <param name="After">From start to end.</param>
public sealed record AnalysisOutcome(string Phase, TimeSpan After)
{
    /// <summary>Good, after five seconds.</summary>
    public static AnalysisOutcome Successful { get; } = new("Successful", TimeSpan.FromSeconds(5));
}
