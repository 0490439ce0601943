using Devflow.ChatOps.GitOps.Editing;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.Reverting;

/// <summary>A place in a file, also when the lines around it move.</summary>
internal sealed record PlaceKey(string Path, string Where, int Nth)
{
    public static PlaceKey Of(string path, ImagePlace place) => new(path, place.Where, place.Nth);
}

/// <summary>
/// The places of one image that are an environment's own (pure). Several environments may share a folder, and even a file:
/// what the release's commit changed is the environment's, and no other place is judged or edited.
/// </summary>
/// <param name="Now">What stands in each.</param>
/// <param name="AreBrought">Whether the commit told which they are; else they are all that name the image.</param>
internal sealed record RevertPlaces(IReadOnlyDictionary<PlaceKey, string> Now, bool AreBrought)
{
    /// <summary>The places that a commit changed, with what stood there; <c>null</c> where there was no such place.</summary>
    public static IReadOnlyDictionary<PlaceKey, (string? Before, string? After)> Brought(
        CommitChange? change,
        ImageRelease image
    )
    {
        var brought = new Dictionary<PlaceKey, (string?, string?)>();
        foreach (var file in change?.Files.Where(file => FileSelection.IsManifest(file.Path)) ?? [])
        {
            var (was, became) = (In(file.Path, file.Before?.Content, image), In(file.Path, file.After, image));
            foreach (var key in was.Keys.Union(became.Keys))
            {
                var (before, after) = (was.GetValueOrDefault(key), became.GetValueOrDefault(key));
                if (before != after)
                {
                    brought[key] = (before, after);
                }
            }
        }

        return brought;
    }

    /// <summary>Of all places on the branch those that were brought; where none of them is there any more, all.</summary>
    public static RevertPlaces Of(ReleaseEdit.Changed edit, IEnumerable<PlaceKey> brought)
    {
        var all = edit
            .Places.SelectMany(file => file.Value.Select(place => (Key: PlaceKey.Of(file.Key, place), place.Before)))
            .ToDictionary(place => place.Key, place => place.Before);
        var own = brought.Where(all.ContainsKey).ToDictionary(key => key, key => all[key]);
        return own.Count > 0 ? new RevertPlaces(own, AreBrought: true) : new RevertPlaces(all, AreBrought: false);
    }

    /// <summary>What stands in them, each once.</summary>
    public IReadOnlyList<string> Versions => [.. Now.Values.Distinct(StringComparer.Ordinal)];

    private static Dictionary<PlaceKey, string> In(string path, byte[]? content, ImageRelease image) =>
        content is not null && ImageEditor.Edit(content, image) is EditResult.Found found
            ? found.Places.ToDictionary(place => PlaceKey.Of(path, place), place => place.Before)
            : [];
}
