using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>What <c>explain</c> says besides the steps. Plain text for a terminal.</summary>
public static class ExplainTexts
{
    public const string Help = """
        Explains Argo Rollouts: prints the six steps of each release that the input tells of.

        usage: explain [FILE|-] [--json]

          FILE     JSON or YAML; `-` or nothing reads standard input
          --json   one JSON line for each change instead of a block of text
          --help   this text

        The input is what kubectl prints: one object, a List, several objects one after the other, or a watch:

          kubectl get rollouts,replicasets,analysisruns,pods -n NAMESPACE -o json | devflow explain
          kubectl get rollouts -A -o json -w --output-watch-events | devflow explain

        Objects without watch events are taken together, in any order. Watch events are told as they come, each time the
        pod hash, the attempt, the status or a step of a Rollout changes; in text also when its pods get into trouble or a newer
        spec is refused. Kinds that are read: Rollout, ReplicaSet, AnalysisRun, Pod, Application; others are passed over.

        exit code: 0, also when there was nothing to explain; 1 when the input cannot be read or is malformed, with
        file:line:column; 2 for arguments that it does not know; 130 after Ctrl+C.

        """;

    public const string NothingGiven =
        "Nothing came in. Give a file, or pipe in what `kubectl get rollouts,replicasets -o json` prints.";

    public static string NoRollout(IReadOnlyCollection<KeyValuePair<string, int>> found) =>
        found.Count == 0
            ? "There is no Rollout in it: nothing in it has a kind."
            : "There is no Rollout in it. Found: "
                + string.Join(", ", found.Take(20).Select(kind => $"{Plain.OneLine(kind.Key, 60)} ({kind.Value})"))
                + (found.Count > 20 ? ", …" : "")
                + ".";

    public static string WatchError(string message) =>
        message.Length == 0
            ? "The watch reported an error."
            : $"The watch reported an error: {Plain.OneLine(message, 300)}";

    public static string CannotRead(string file, string why) =>
        $"{Plain.OneLine(file, 300)}: cannot be read: {Plain.OneLine(why, 300)}";

    public static string Malformed(string file, long line, long column, string why) =>
        FormattableString.Invariant($"{Plain.OneLine(file, 300)}:{line}:{column}: {Plain.OneLine(why, 300)}");

    public static string UnknownOption(string option) =>
        $"explain does not know '{Plain.OneLine(option, 80)}'. Try explain --help.";

    public const string OneFileOnly = "explain reads one file, or standard input. Try explain --help.";

    /// <summary>A block of text about one change, for people; ends with an empty line.</summary>
    public static string Block(ObjectName rollout, StoryLine line, DateTimeOffset at)
    {
        var release = line.Release;
        var hash = release.Hash.IsNone ? "(no pod hash yet)" : release.Hash.ToString();
        var steps = release.Steps.Select(step =>
            $"  {step.Name, -14}{step.Status, -10}{step.Message}".TrimEnd() + "\n"
        );
        return FormattableString.Invariant(
                $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss}  {Plain.OneLine(rollout.ToString(), 300)}  {Plain.OneLine(hash, 80)}  attempt {release.Attempt}  {line.Status}\n"
            )
            + (line.Message.Length > 0 ? $"  {line.Message}\n" : "")
            + string.Concat(steps)
            + "\n";
    }
}
