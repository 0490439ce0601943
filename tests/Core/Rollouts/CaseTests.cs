using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Rollouts;
using YamlDotNet.Serialization;

namespace Devflow.ChatOps.Tests.Core.Rollouts;

/// <summary>
/// What no recording shows. A folder per case: one YAML file per moment, a second after the one before. The first says
/// what is there, each later one only what changed (<c>null</c> takes a field away, <c>gone: true</c> an object).
/// <c>expected.txt</c> has the lines that each moment adds, and below them sentences of single steps.
/// </summary>
public class CaseTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    private static readonly IDeserializer Yaml = new DeserializerBuilder()
        .WithAttemptingUnquotedStringTypeDeserialization()
        .Build();

    public static TheoryData<string> Cases => [.. Fixtures.Folders(Fixtures.Cases)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_case_goes_as_written(string name)
    {
        var folder = Path.Combine(Fixtures.Cases, name);
        var expected = File.ReadAllText(Path.Combine(folder, "expected.txt"));
        Told(folder, expected).ShouldBe(expected.Split('\n', 2)[1].Trim());
    }

    private static string Told(string folder, string expected)
    {
        var world = new World();
        var story = RolloutStory.Untold;
        var told = new StringBuilder();
        var at = Start;
        foreach (var file in Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            var seen = world.After(File.ReadAllText(file), at);
            (story, var lines) = story.See(seen);
            var moment = Path.GetFileNameWithoutExtension(file);
            told.Append($"[{moment}]\n");
            told.Append(lines.IsEmpty ? "nothing new\n" : "");
            foreach (var line in lines)
            {
                told.Append($"{Telling.Describe(line)}\n  {line.Message}\n");
            }

            foreach (var step in StepsAskedFor(expected, moment))
            {
                told.Append($"  {step}: {story.Current![step].Message}\n");
            }

            told.Append('\n');
            at += TimeSpan.FromSeconds(1);
        }

        return told.ToString().Trim();
    }

    /// <summary>The steps whose sentence the expectation gives for this moment.</summary>
    private static IEnumerable<StepName> StepsAskedFor(string expected, string moment) =>
        expected
            .Split($"[{moment}]\n", 2)[1]
            .Split("\n[", 2)[0]
            .Split('\n')
            .Where(line => line.StartsWith("  ", StringComparison.Ordinal))
            .Select(line => line.Trim().Split(':')[0])
            .Where(word => Enum.TryParse<StepName>(word, out _))
            .Select(Enum.Parse<StepName>);

    /// <summary>The objects as the moments so far left them.</summary>
    private sealed class World
    {
        private static readonly ObjectName Web = new("shop", "web");
        private readonly ClusterPicture picture = new();
        private readonly Dictionary<string, JsonObject> objects = [];

        public Observation After(string yaml, DateTimeOffset at)
        {
            foreach (var document in yaml.Split("---\n"))
            {
                var change = JsonSerializer.SerializeToNode(Yaml.Deserialize<object>(document))!.AsObject();
                var kind = change["kind"]!.GetValue<string>();
                var key = $"{kind} {change["metadata"]!["name"]}";
                var gone = change["gone"] is not null;
                var item = objects.TryGetValue(key, out var known) ? known : [];
                Merge(item, change);
                objects[key] = item;
                picture.Take(kind, JsonSerializer.SerializeToElement(item), gone);
                if (gone)
                {
                    objects.Remove(key);
                }
            }

            return picture.Observe(Web, at);
        }

        private static void Merge(JsonObject item, JsonObject change)
        {
            foreach (var (name, value) in change)
            {
                if (value is null)
                {
                    item.Remove(name);
                }
                else if (value is JsonObject inner && item[name] is JsonObject known)
                {
                    Merge(known, inner);
                }
                else
                {
                    item[name] = value.DeepClone();
                }
            }
        }
    }
}
