using System.Globalization;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.GitOps.Yaml;

/// <summary>
/// A path into a document: <c>image.tag</c>, <c>spec.containers[0].image</c>, <c>images[name=my-app].newTag</c>,
/// <c>metadata.annotations["example.com/image"]</c>.
/// </summary>
public sealed partial class YamlPath
{
    private readonly string text;
    private readonly IReadOnlyList<Step> steps;

    private YamlPath(string text, IReadOnlyList<Step> steps)
    {
        this.text = text;
        this.steps = steps;
    }

    /// <summary>Reads a path; <c>null</c> when it is none.</summary>
    public static YamlPath? TryParse(string text)
    {
        var steps = new List<Step>();
        for (var at = 0; at < text.Length; )
        {
            var match = StepPattern().Match(text, at);
            if (
                !match.Success
                || (match.Groups["dot"].Success == (steps.Count == 0)) && !match.Groups["bracket"].Success
            )
            {
                return null;
            }

            steps.Add(ToStep(match));
            at += match.Length;
        }

        return steps.Count == 0 ? null : new YamlPath(text, steps);
    }

    /// <summary>The slot at the path; <c>null</c> when nothing is there.</summary>
    public YamlSlot? Find(YamlNode root)
    {
        YamlSlot? slot = null;
        YamlNode? node = root;
        foreach (var step in steps)
        {
            slot = (step, node) switch
            {
                (Step.Key(var key), YamlMapping mapping) when mapping.TryFind(key, out _) => new YamlSlot(mapping, key),
                (Step.Index(var index), YamlSequence list) => Item(list, index),
                (Step.Where(var key, var value), YamlSequence list) => Item(
                    list,
                    list.Items.ToList()
                        .FindIndex(item =>
                            item is YamlMapping entry && entry[key] is YamlScalar scalar && scalar.Value == value
                        )
                ),
                _ => null,
            };
            node = slot?.Value;
        }

        return slot;
    }

    public override string ToString() => text;

    private static YamlSlot? Item(YamlSequence list, int index) =>
        index >= 0 && index < list.Items.Count
            ? new YamlSlot(list, index.ToString(CultureInfo.InvariantCulture))
            : null;

    private static Step ToStep(Match match) =>
        match.Groups["index"] is { Success: true } index
            ? new Step.Index(int.Parse(index.Value, CultureInfo.InvariantCulture))
        : match.Groups["where"] is { Success: true } where ? new Step.Where(where.Value, match.Groups["is"].Value)
        : match.Groups["quoted"] is { Success: true } quoted ? new Step.Key(quoted.Value)
        : new Step.Key(match.Groups["key"].Value);

    [GeneratedRegex(
        """\G(?:(?<bracket>\[(?:(?<index>\d{1,6})|(?<where>[\w-]+)=(?<is>[^\]]+)|"(?<quoted>[^"]+)")\])|(?<dot>\.)?(?<key>[^.\[\]"\s]+))"""
    )]
    private static partial Regex StepPattern();

    private abstract record Step
    {
        private Step() { }

        public sealed record Key(string Name) : Step;

        public sealed record Index(int Number) : Step;

        public sealed record Where(string Field, string Value) : Step;
    }
}
