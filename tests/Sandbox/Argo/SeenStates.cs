using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.Sandbox.Argo;

/// <summary>
/// What a reader of the API can tell apart in a Rollout. Pod hashes become A, B, C … in order of appearance; replica
/// counts and conditions are left out, so states that differ only in them are one.
/// </summary>
internal sealed class SeenStates
{
    private readonly Dictionary<string, string> letters = [];
    private readonly List<string> lines = [];

    public string Text => string.Join('\n', lines);

    public static string Recorded(IEnumerable<string> rows)
    {
        var seen = new SeenStates();
        foreach (var row in rows)
        {
            // generation/observed|revision|phase|message|pauseConditions|flags|active|preview|stable|current
            var cells = row.Split('|');
            var generations = cells[0].Split('/');
            seen.Add(generations[0] == generations[1], cells[2], cells[3], cells[4], cells[5], cells[6..10]);
        }

        return seen.Text;
    }

    public static string Of(IEnumerable<JsonObject> rollouts)
    {
        var seen = new SeenStates();
        foreach (var rollout in rollouts)
        {
            var status = rollout["status"];
            var flags =
                (status?["controllerPause"]?.GetValue<bool>() == true ? "P" : "")
                + (status?["abort"]?.GetValue<bool>() == true ? "A" : "")
                + (status?["promoteFull"]?.GetValue<bool>() == true ? "F" : "");
            seen.Add(
                rollout["metadata"]!["generation"]!.ToString() == status?["observedGeneration"]?.ToString(),
                status?["phase"]?.ToString() ?? "",
                status?["message"]?.ToString() ?? "",
                status?["pauseConditions"]?[0]?["reason"]?.ToString() ?? "",
                flags,
                [
                    status?["blueGreen"]?["activeSelector"]?.ToString() ?? "",
                    status?["blueGreen"]?["previewSelector"]?.ToString() ?? "",
                    status?["stableRS"]?.ToString() ?? "",
                    status?["currentPodHash"]?.ToString() ?? "",
                ]
            );
        }

        return seen.Text;
    }

    private void Add(bool isObserved, string phase, string message, string pause, string flags, string[] hashes)
    {
        var named = hashes.Select(Letter).ToArray();
        foreach (var (hash, letter) in letters)
        {
            message = message.Replace(hash, letter, StringComparison.Ordinal);
        }

        var line =
            $"{(isObserved ? "observed" : "unseen  ")} {phase, -11} [{message}] pause={pause} flags={flags} "
            + $"active={named[0]} preview={named[1]} stable={named[2]} current={named[3]}";
        if (lines.Count == 0 || lines[^1] != line)
        {
            lines.Add(line);
        }
    }

    private string Letter(string hash)
    {
        if (hash.Length == 0)
        {
            return "-";
        }

        if (!letters.TryGetValue(hash, out var letter))
        {
            letters[hash] = letter = ((char)('A' + letters.Count)).ToString();
        }

        return letter;
    }
}
