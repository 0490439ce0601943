using System.Collections.Immutable;
using System.Text.Json;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Explain;

/// <summary>
/// Makes sense of the values of one input. Plain objects are gathered and explained together; watch events, and
/// objects that come again in another version, are told one by one.
/// </summary>
internal sealed class ExplainSession(ExplainOutput output, TimeProvider clock)
{
    private readonly ClusterPicture picture = new();
    private readonly Dictionary<ObjectName, RolloutStory> stories = [];
    private readonly SortedDictionary<string, int> found = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Kind, ObjectName Name), string> gathered = [];
    private readonly HashSet<ObjectName> unexplained = [];
    private DateTimeOffset? recordedAt;
    private bool streaming;

    /// <summary>Objects were gathered and wait for more to come, or for <see cref="ExplainGathered"/>.</summary>
    public bool IsGathering => !streaming && unexplained.Count > 0;

    /// <summary>The kinds that came in, and how many of each; unknown ones too.</summary>
    public IReadOnlyCollection<KeyValuePair<string, int>> Found => found;

    /// <summary>Something came in, be it a bookmark.</summary>
    public bool HasInput { get; private set; }

    public bool FoundRollout => found.ContainsKey("Rollout");

    /// <summary>Takes one value of the input.</summary>
    /// <exception cref="MalformedInputException">It is neither an object nor a list of objects.</exception>
    public void Take(InputValue value)
    {
        var root = value.Document.RootElement;
        HasInput = true;
        try
        {
            if (WatchEvent.AllOf(root) is { IsEmpty: false } events)
            {
                foreach (var watched in events)
                {
                    TakeEvent(watched, RecordedAt(root));
                }
            }
            else
            {
                TakeBatch(KubernetesObject.AllOf(root, value.Place), RecordedAt(root));
            }
        }
        catch (InvalidOperationException)
        {
            // What JsonElement throws for half of a surrogate pair.
            throw new MalformedInputException(value.Place.Line, value.Place.Column, "text that is not Unicode");
        }
    }

    /// <summary>Explains what was gathered; from now on every value is told as it comes.</summary>
    public void ExplainGathered()
    {
        Explain(
            unexplained.OrderBy(name => name.ToString(), StringComparer.Ordinal),
            recordedAt ?? clock.GetUtcNow(),
            onlyKnown: true
        );
        unexplained.Clear();
        gathered.Clear();
        streaming = true;
    }

    private void TakeEvent(WatchEvent watched, DateTimeOffset? at)
    {
        if (!streaming)
        {
            ExplainGathered();
        }

        switch (watched.Type)
        {
            case "ERROR":
                output.WatchError(watched.Object);
                break;
            case "ADDED" or "MODIFIED" or "DELETED":
                foreach (var item in KubernetesObject.AllOf(watched.Object, Place.Start))
                {
                    Count(item);
                    var affected = picture.Take(item.Kind, item.Json, gone: watched.Type == "DELETED");
                    Explain(affected, at ?? clock.GetUtcNow(), onlyKnown: item.Kind != "Rollout");
                }

                break;
            default: // a bookmark, or what a later API server may send
                break;
        }
    }

    private void TakeBatch(ImmutableArray<KubernetesObject> items, DateTimeOffset? at)
    {
        recordedAt = at > recordedAt || recordedAt is null ? at ?? recordedAt : recordedAt;
        if (!streaming && items.Any(IsNewVersion))
        {
            ExplainGathered();
        }

        HashSet<(string, ObjectName)> together = [];
        HashSet<ObjectName> affected = [];
        foreach (var item in items)
        {
            if (!together.Add((item.Kind, item.Name)))
            {
                // An array may hold a history too.
                ExplainGathered();
                Explain(affected, at ?? clock.GetUtcNow(), onlyKnown: true);
                affected.Clear();
                together = [(item.Kind, item.Name)];
            }

            Count(item);
            if (!streaming && ClusterPicture.Knows(item.Kind))
            {
                gathered[(item.Kind, item.Name)] = item.ResourceVersion;
            }

            (streaming ? affected : unexplained).UnionWith(picture.Take(item.Kind, item.Json, gone: false));
        }

        Explain(affected, at ?? clock.GetUtcNow(), onlyKnown: true);
    }

    /// <summary>Without versions, as in copies that somebody cut down, what comes again is taken for a later one.</summary>
    private bool IsNewVersion(KubernetesObject item) =>
        gathered.TryGetValue((item.Kind, item.Name), out var version)
        && (version.Length == 0 || version != item.ResourceVersion);

    private void Count(KubernetesObject item)
    {
        // Names come from outside; a flood of them must not fill the memory.
        if (found.Count < 1000 || found.ContainsKey(item.Kind))
        {
            found[item.Kind] = found.GetValueOrDefault(item.Kind) + 1;
        }
    }

    private void Explain(IEnumerable<ObjectName> rollouts, DateTimeOffset at, bool onlyKnown)
    {
        foreach (var name in rollouts)
        {
            var seen = picture.Observe(name, at);
            if (seen.Rollout is null && (onlyKnown || !stories.ContainsKey(name)))
            {
                continue;
            }

            var (story, lines) = stories.GetValueOrDefault(name, RolloutStory.Untold).See(seen);
            if (seen.Rollout is null)
            {
                stories.Remove(name);
            }
            else
            {
                stories[name] = story;
            }

            foreach (var line in lines)
            {
                output.Tell(name, line, at);
            }
        }
    }

    private static DateTimeOffset? RecordedAt(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty("recordedAt", out var at)
        && at.ValueKind == JsonValueKind.String
        && at.TryGetDateTimeOffset(out var time)
            ? time
            : null;
}
