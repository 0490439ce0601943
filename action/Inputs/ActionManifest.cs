using System.Globalization;
using System.Text;
using Devflow.ChatOps.Action.Reporting;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Action.Inputs;

/// <summary>
/// What is generated from the declarations: <c>action.yml</c>
/// (https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax) and the tables of the documents.
/// </summary>
public static class ActionManifest
{
    /// <summary>The published image of this version.</summary>
    public const string Image = "docker://ghcr.io/devflow-chatops/devflow-action";

    public static string Yaml(string version)
    {
        var yaml = new StringBuilder();
        yaml.Append("# Generated from action/Inputs; tests/Action says how.\n");
        yaml.Append("name: Devflow release\n");
        yaml.Append(
            "description: Puts a new image into the GitOps repository, announces the release to Devflow, and waits for it.\n"
        );
        yaml.Append("branding: { icon: package, color: blue }\n");
        yaml.Append("inputs:\n");
        foreach (var input in ActionInputs.All)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  {input.Name}:\n");
            yaml.Append(CultureInfo.InvariantCulture, $"    description: {Quoted(input.Description)}\n");
            yaml.Append(CultureInfo.InvariantCulture, $"    required: {(input.IsRequired ? "true" : "false")}\n");
            yaml.Append(input.Default.Length == 0 ? "" : $"    default: {Quoted(input.Default)}\n");
        }

        yaml.Append("outputs:\n");
        foreach (var output in ActionOutputs.All)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  {output.Name}:\n");
            yaml.Append(CultureInfo.InvariantCulture, $"    description: {Quoted(output.Description)}\n");
        }

        yaml.Append(CultureInfo.InvariantCulture, $"runs:\n  using: docker\n  image: {Image}:{version}\n");
        return yaml.ToString();
    }

    /// <summary>The generated tables by name.</summary>
    public static IReadOnlyDictionary<string, string> Tables { get; } =
        new Dictionary<string, string>
        {
            ["inputs"] = Table(
                ["Input", "Default", "What it is"],
                ActionInputs.All.Select(input =>
                    (string[])
                        [
                            Code(input.Name),
                            input.IsRequired ? "required"
                            : input.Default.Length == 0 ? ""
                            : Code(input.Default),
                            input.Description,
                        ]
                )
            ),
            ["outputs"] = Table(
                ["Output", "What it is"],
                ActionOutputs.All.Select(output => (string[])[Code(output.Name), output.Description])
            ),
            ["exit codes"] = Table(
                ["Exit code", "When"],
                ExitCodes.All.Select(exit =>
                    (string[])[Code(((int)exit.Key).ToString(CultureInfo.InvariantCulture)), exit.Value]
                )
            ),
            ["reason codes"] = Table(
                ["Reason code", "What it means"],
                ReleaseCodes
                    .Refusals.Concat(ReleaseCodes.Failures)
                    .Concat(ReasonCodes.All)
                    .Select(reason => (string[])[Code(reason.Key), reason.Value])
            ),
        };

    private static string Table(string[] head, IEnumerable<string[]> rows)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", head)} |\n");
        text.Append(CultureInfo.InvariantCulture, $"|{string.Concat(Enumerable.Repeat("---|", head.Length))}\n");
        foreach (var row in rows)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {string.Join(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n"
            );
        }

        return text.ToString();
    }

    private static string Code(string text) => $"`{text}`";

    // Single quotes keep everything but themselves.
    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
