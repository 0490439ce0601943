namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>Values of an AnalysisRun's <c>status.phase</c>.</summary>
internal static class AnalysisPhase
{
    public const string Pending = "Pending";
    public const string Running = "Running";
    public const string Successful = "Successful";
    public const string Failed = "Failed";
    public const string Error = "Error";
    public const string Inconclusive = "Inconclusive";

    public static bool IsFinal(string? phase) => phase is Successful or Failed or Error or Inconclusive;
}
