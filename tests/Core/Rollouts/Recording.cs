using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Rollouts;

/// <summary>One line of a recorded watch.</summary>
internal sealed record RecordedEvent(DateTimeOffset At, string Type, string Kind, JsonElement Object);

/// <summary>What could be observed of one Rollout from this moment on.</summary>
internal sealed record Moment(DateTimeOffset At, Observation Seen);

/// <summary>What a real controller did, as its watches told it, in the order of arrival.</summary>
internal sealed class Recording
{
    private static readonly ConcurrentDictionary<string, Recording> Loaded = new();
    private static readonly string[] Watches = ["service-watch", "replicaset-watch", "pod-watch", "rollout-watch"];

    private Recording(string folder)
    {
        Folder = folder;
        Events =
        [
            .. Watches
                .SelectMany(watch => Lines(watch + ".jsonl"))
                .Select(line => new RecordedEvent(
                    Time(line, "recordedAt"),
                    line.GetProperty("type").GetString()!,
                    line.GetProperty("object").GetProperty("kind").GetString()!,
                    line.GetProperty("object")
                ))
                .OrderBy(line => line.At), // stable: what arrived together stays in the order of the watches
        ];
        Rollouts =
        [
            .. Events.Where(line => line.Kind == "Rollout").Select(line => ObjectName.Of(line.Object)).Distinct(),
        ];
    }

    public string Folder { get; }

    public IReadOnlyList<RecordedEvent> Events { get; }

    public IReadOnlyList<ObjectName> Rollouts { get; }

    public static Recording Of(string name) =>
        Loaded.GetOrAdd(name, static name => new Recording(Path.Combine(Fixtures.Recordings, name)));

    public static DateTimeOffset Time(JsonElement line, string name) =>
        DateTimeOffset.Parse(line.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    public IEnumerable<JsonElement> Lines(string file) =>
        Path.Combine(Folder, file) is var path && File.Exists(path)
            ? File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)
            : [];

    /// <summary>The Rollout whose steps are written down: the blue/green one where there are two.</summary>
    public ObjectName Storefront => Rollouts.Single(name => name.Name == "storefront");

    /// <summary>Everything that could be observed of a Rollout, event by event.</summary>
    public IReadOnlyList<Moment> Moments(ObjectName rollout, Func<RecordedEvent, bool>? only = null)
    {
        var picture = new ClusterPicture();
        List<Moment> moments = [];
        foreach (var line in Events.Where(only ?? (_ => true)))
        {
            var affected = picture.Take(line.Kind, line.Object, gone: line.Type == "DELETED");
            if (affected.Contains(rollout) && (line.Kind == "Rollout" || moments.Count > 0))
            {
                moments.Add(new Moment(line.At, picture.Observe(rollout, line.At)));
            }
        }

        return moments;
    }
}

/// <summary>Tells a story from observations.</summary>
internal static class Telling
{
    public static IReadOnlyList<StoryLine> Tell(IEnumerable<Observation> observations)
    {
        var story = RolloutStory.Untold;
        List<StoryLine> told = [];
        foreach (var seen in observations)
        {
            (story, var lines) = story.See(seen);
            told.AddRange(lines);
        }

        return told;
    }

    public static string Describe(StoryLine line) =>
        $"{(line.Release.Hash.IsNone ? "-" : line.Release.Hash)} attempt {line.Release.Attempt} {line.Status}  "
        + string.Join(' ', line.Release.Steps.Select(step => $"{step.Name}={step.Status}"));

    /// <summary>
    /// How it ended, without times and sentences. What the steps were when a release was withdrawn is what was last seen
    /// of it: no part of the result.
    /// </summary>
    public static string Outcome(IReadOnlyList<StoryLine> told) =>
        told[^1] is { End: StoryEnd.Cancelled } line ? $"{line.Release.Hash} {line.Status}" : Describe(told[^1]);
}
