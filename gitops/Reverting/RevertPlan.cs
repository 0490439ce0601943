using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.Reverting;

/// <summary>
/// What to write so that a branch asks for the former version again: the files that the release's commit changed, as they
/// were before it, when nobody has touched them since; else the image alone, where the version that goes stands in the
/// environment's own places (pure).
/// </summary>
public abstract record RevertPlan
{
    /// <summary>Why only the image can be restored: plain sentences without a full stop.</summary>
    public const string UnknownCommit = "the commit that brought the version is not known";

    public const string Touched = "somebody has changed its files since";
    public const string OtherBase = "before its commit another version stood there";
    public const string NotPlain = "its commit changed more than the content of files";

    /// <summary>More places are not named in a message.</summary>
    private const int MostNamed = 5;

    private RevertPlan() { }

    /// <param name="ImageOnly">Why the files could not be restored; <c>null</c> when they are.</param>
    public sealed record Write(IReadOnlyList<RepositoryFile> Files, IReadOnlyList<string> Deletions, string? ImageOnly)
        : RevertPlan;

    /// <summary>The target stands there already.</summary>
    public sealed record Nothing : RevertPlan;

    /// <summary>Another version stands there, of a later release or put there by hand; or the same one, released anew.</summary>
    public sealed record Overtaken(string Version, CommitSha By) : RevertPlan;

    public sealed record Impossible(string Code, string Message) : RevertPlan;

    /// <summary>Plans on a branch as it stands.</summary>
    /// <param name="seen">With every file that <paramref name="change"/> names, where it is there.</param>
    /// <param name="change">What the release's commit changed; <c>null</c> when it is not known.</param>
    public static RevertPlan Make(
        RevertOrder order,
        FileSelection selection,
        BranchSnapshot seen,
        ReleaseHistory history,
        CommitChange? change
    )
    {
        var target = new ImageRelease(order.Target.Name, order.Target.Tag, order.Target.Digest);
        var wish = new ImageWish(order.Repository, order.Branch, [target]);
        var brought = RevertPlaces.Brought(change, target);
        var (whole, obstacle) = Restore(order, brought, seen, change);
        var look = Look(wish, selection, seen, brought.Keys);
        if (look is ReleaseEdit.Impossible no)
        {
            return whole ?? new Impossible(no.Failure.Code, no.Failure.Message);
        }

        var edit = (ReleaseEdit.Changed)look;
        var own = RevertPlaces.Of(edit, brought.Keys);
        var bad = own.Versions.Where(now => IsBad(now, order, brought.Values)).ToList();
        if (bad.Count == 0)
        {
            return own.Versions.All(now => ReleaseHistory.IsVersion(now, order.Target)) ? new Nothing()
                : order.Bad is null ? Unclear(order, own)
                : own.Now.Any(place => brought.GetValueOrDefault(place.Key).After == place.Value)
                    ? Unspelled(order, own)
                : (RevertPlan?)OvertakenBy(order, history, seen, own) ?? Unclear(order, own);
        }

        if (order.IsOfConfiguration && IsBackAlready(change, seen))
        {
            return new Nothing();
        }

        if (order.TakenBackSince(history) is { } since)
        {
            return new Overtaken(string.Join(", ", bad), since);
        }

        if (order.IsOfConfiguration)
        {
            return whole
                ?? (RevertPlan)
                    new Impossible(
                        RevertOutcome.ConfigurationChanged,
                        $"The release changed the configuration alone, and it cannot be restored: {obstacle}. Restore it by hand."
                    );
        }

        if (whole is not null)
        {
            return whole;
        }

        // The version may be another environment's too; what stands elsewhere is not taken for this one's.
        return !own.AreBrought && own.Versions.Any(now => !bad.Contains(now))
            ? Unclear(order, own)
            : ImageAlone(wish, selection, seen, own, bad, obstacle);
    }

    /// <summary>The files that name the image: those of the brought places where they do, else all.</summary>
    private static ReleaseEdit Look(
        ImageWish wish,
        FileSelection selection,
        BranchSnapshot seen,
        IEnumerable<PlaceKey> brought
    )
    {
        var paths = brought.Select(place => place.Path).ToHashSet();
        var named = ReleaseEdit.Make(
            wish,
            selection,
            Manifests(seen, seen.Files.Where(file => paths.Contains(file.Path)))
        );
        return named is ReleaseEdit.Impossible { Failure.Code: ReleaseCodes.FileNotFound or ReleaseCodes.ImageNotFound }
            ? ReleaseEdit.Make(wish, selection, Manifests(seen, seen.Files))
            : named;
    }

    private static RevertPlan ImageAlone(
        ImageWish wish,
        FileSelection selection,
        BranchSnapshot seen,
        RevertPlaces own,
        IReadOnlyList<string> bad,
        string obstacle
    )
    {
        var meant = own.Now.Where(place => bad.Contains(place.Value)).Select(place => place.Key).ToHashSet();
        var paths = meant.Select(place => place.Path).ToHashSet();
        var only = wish with { Only = (path, place) => meant.Contains(PlaceKey.Of(path, place)) };
        return ReleaseEdit.Make(
            only,
            selection,
            Manifests(seen, seen.Files.Where(file => paths.Contains(file.Path)))
        ) switch
        {
            ReleaseEdit.Changed image => new Write(image.Files, [], obstacle),
            ReleaseEdit.Impossible no => new Impossible(no.Failure.Code, no.Failure.Message),
            _ => throw new InvalidOperationException("An edit is one or the other."),
        };
    }

    private static Impossible Unclear(RevertOrder order, RevertPlaces own) =>
        new(
            RevertOutcome.Ambiguous,
            $"It is not known which commit brought {Name(order.Bad)}, and at {order.Path} stand "
                + Standing(own)
                + $": put {Name(order.Target)} back by hand, and name the environment's own file as gitops.path."
        );

    /// <summary>What the release brought stands there still, and the cluster calls it otherwise: a chart adds to the tag, for one.</summary>
    private static Impossible Unspelled(RevertOrder order, RevertPlaces own) =>
        new(
            RevertOutcome.Ambiguous,
            $"What runs as {Name(order.Bad)} is spelled otherwise at {order.Path}, so it is not known how to spell {Name(order.Target)}; there stand "
                + $"{Standing(own)}: put back by hand what stood there before."
        );

    private static string Standing(RevertPlaces own) =>
        string.Join(
            ", ",
            own.Now.OrderBy(place => place.Key.Path, StringComparer.Ordinal)
                .Take(MostNamed)
                .Select(place => $"{(place.Value.Length > 0 ? place.Value : "no version")} ({place.Key.Path})")
        );

    private static string Name(ImageReference? image) =>
        image is null ? "the version" : ImageSearch.Version(image.Tag, image.Digest);

    /// <summary>
    /// Another version has come since, by a release or by hand: it is on its way, and not what is rolled back.
    /// <c>null</c>: nothing tells that it came since.
    /// </summary>
    private static Overtaken? OvertakenBy(
        RevertOrder order,
        ReleaseHistory history,
        BranchSnapshot seen,
        RevertPlaces own
    )
    {
        var newest = history.NewestOf(order.Target.Name);
        var its = newest?.Trailers.Images.First(image => image.Name.Equals(order.Target.Name));
        return newest is not null && its is not null && own.Versions.Any(now => ReleaseHistory.IsVersion(now, its))
                ? new Overtaken(ImageSearch.Version(its.Tag, its.Digest), newest.Sha)
            : own.AreBrought
                ? new Overtaken(string.Join(", ", own.Versions), seen.History is [var last, ..] ? last.Sha : seen.Head)
            : null;
    }

    /// <summary>Every file is again what it was before the release's commit, by whoever's hand.</summary>
    private static bool IsBackAlready(CommitChange? change, BranchSnapshot seen)
    {
        var now = seen.Files.ToDictionary(file => file.Path, file => GitBlob.Id(file.Content));
        return change is { Files.Count: > 0 }
            && change.Files.All(file =>
                file.IsPlain
                && (
                    file.Before is null
                        ? !now.ContainsKey(file.Path)
                        : now.TryGetValue(file.Path, out var id) && id == GitBlob.Id(file.Before.Content)
                )
            );
    }

    private static (RevertPlan? Whole, string Obstacle) Restore(
        RevertOrder order,
        IReadOnlyDictionary<PlaceKey, (string? Before, string? After)> brought,
        BranchSnapshot seen,
        CommitChange? change
    )
    {
        if (change is null || change.Files.Count == 0)
        {
            return (null, UnknownCommit);
        }

        if (!change.Files.All(file => file.IsPlain))
        {
            return (null, NotPlain);
        }

        var now = seen.Files.ToDictionary(file => file.Path);
        string? IdOf(string path) => now.TryGetValue(path, out var file) ? GitBlob.Id(file.Content) : null;
        if (!change.Files.All(file => IdOf(file.Path) == file.AfterId))
        {
            return (null, Touched);
        }

        var before = brought.Values.Select(place => place.Before).OfType<string>().ToList();
        if (
            (before.Count == 0 && !order.IsOfConfiguration)
            || !before.All(was => ReleaseHistory.IsVersion(was, order.Target))
        )
        {
            return (null, OtherBase);
        }

        // The mode is the branch's own: it may have been changed without the content.
        var restored = change
            .Files.Select(file => file.Before)
            .OfType<RepositoryFile>()
            .Select(file => now.TryGetValue(file.Path, out var its) ? file with { Mode = its.Mode } : file)
            .ToList();
        var gone = change.Files.Where(file => file.Before is null).Select(file => file.Path).ToList();
        return (new Write(restored, gone, ImageOnly: null), "");
    }

    /// <summary>What is rolled back; where that is not known, what the release's commit brought.</summary>
    private static bool IsBad(
        string standing,
        RevertOrder order,
        IEnumerable<(string? Before, string? After)> brought
    ) =>
        order.Bad is { } bad
            ? ReleaseHistory.IsVersion(standing, bad)
            : !ReleaseHistory.IsVersion(standing, order.Target) && brought.Any(place => place.After == standing);

    /// <summary>Files of other kinds are restored, and name no image.</summary>
    private static BranchSnapshot Manifests(BranchSnapshot seen, IEnumerable<RepositoryFile> files) =>
        seen with
        {
            Files = [.. files.Where(file => FileSelection.IsManifest(file.Path))],
        };
}
