using System.Text;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;
using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>Images as they are to stand somewhere.</summary>
/// <param name="Path">Where in the files the one image stands, if it is not to be searched.</param>
public sealed record ImageWish(
    string Repository,
    string Branch,
    IReadOnlyList<ImageRelease> Images,
    YamlPath? Path = null
)
{
    /// <summary>Which of the places in a file are meant; without it all are.</summary>
    public Func<string, ImagePlace, bool>? Only { get; init; }
}

/// <summary>All images of a wish, put into all files that name them.</summary>
public abstract record ReleaseEdit
{
    private const int MostOthers = 10;

    private ReleaseEdit() { }

    /// <summary>Every image was found.</summary>
    /// <param name="Files">The files to write; none when everything stands there already.</param>
    /// <param name="Changes">The same for people.</param>
    public sealed record Changed(
        IReadOnlyList<RepositoryFile> Files,
        IReadOnlyList<FileChange> Changes,
        IReadOnlyDictionary<ImageName, IReadOnlyCollection<string>> Before
    ) : ReleaseEdit
    {
        /// <summary>The files that name one of the images, changed or not.</summary>
        public required IReadOnlyList<string> Naming { get; init; }

        /// <summary>The places that name one of the images, by file.</summary>
        public required IReadOnlyDictionary<string, IReadOnlyList<ImagePlace>> Places { get; init; }

        /// <summary>What stands there now, each once: tag, digest, or both.</summary>
        public IReadOnlyCollection<string> Standing(ImageRelease image) => Before[image.Name];
    }

    /// <summary>It cannot be done.</summary>
    public sealed record Impossible(ReleaseOutcome.Failed Failure) : ReleaseEdit;

    /// <summary>Edits the files of a snapshot.</summary>
    public static ReleaseEdit Make(ImageWish wish, FileSelection selection, BranchSnapshot snapshot)
    {
        if (snapshot.Unusable.Count > 0)
        {
            return Fail(Unusable(snapshot.Unusable));
        }

        if (snapshot.Files.Count == 0)
        {
            return Fail(
                new ReleaseOutcome.Failed(
                    ReleaseCodes.FileNotFound,
                    $"No file fits {string.Join(", ", selection.Wishes)} in {wish.Repository} at {wish.Branch}.",
                    []
                )
            );
        }

        var work = new Work(wish, selection);
        var edited = snapshot.Files.Select(file => (Before: file, After: work.Edit(file))).ToList();
        if (work.Faults.Count > 0)
        {
            return Fail(
                new ReleaseOutcome.Failed(
                    ReleaseCodes.MalformedYaml,
                    "Not YAML that can be edited: "
                        + string.Join("; ", work.Faults.Select(at => $"{at.Path}:{at.Line}:{at.Column}: {at.Message}")),
                    work.Faults
                )
            );
        }

        if (wish.Images.Where(image => work.Before[image].Count == 0).ToList() is { Count: > 0 } missing)
        {
            return Fail(NotFound(wish, selection, missing, snapshot.Files, work));
        }

        var changed = edited.Where(file => !file.Before.Content.AsSpan().SequenceEqual(file.After.Content)).ToList();
        return new Changed(
            [.. changed.Select(file => file.After)],
            [
                .. changed.Select(file => new FileChange(
                    file.Before.Path,
                    Encoding.UTF8.GetString(file.Before.Content),
                    Encoding.UTF8.GetString(file.After.Content),
                    work.Places[file.Before.Path]
                )),
            ],
            work.Before.ToDictionary(
                image => image.Key.Name,
                image => (IReadOnlyCollection<string>)[.. image.Value.Distinct(StringComparer.Ordinal)]
            )
        )
        {
            Places = work.Places.ToDictionary(file => file.Key, file => (IReadOnlyList<ImagePlace>)file.Value),
            Naming = [.. work.Places.Where(file => file.Value.Count > 0).Select(file => file.Key)],
        };
    }

    private static Impossible Fail(ReleaseOutcome.Failed failure) => new(failure);

    private static ReleaseOutcome.Failed Unusable(IReadOnlyList<UnusableFile> files) =>
        new(
            files.All(file => !file.IsThere) ? ReleaseCodes.FileNotFound : ReleaseCodes.FileNotEditable,
            string.Join("; ", files.Select(file => $"{file.Path}: {file.Reason}")) + ".",
            [.. files.Select(file => new FileFault(file.Path, 0, 0, file.Reason))]
        );

    private static ReleaseOutcome.Failed NotFound(
        ImageWish wish,
        FileSelection selection,
        IReadOnlyList<ImageRelease> missing,
        IReadOnlyList<RepositoryFile> files,
        Work work
    )
    {
        var names = missing.Select(image => image.Name.Text).ToList();
        var others = files
            .SelectMany(file => Work.OthersOf(file, missing[0]))
            .Distinct(StringComparer.Ordinal)
            .OrderBy(other => names.Min(name => Distance(name, other)))
            .ThenBy(other => other, StringComparer.Ordinal)
            .ToList();
        var found =
            others.Count == 0
                ? "No image is named there."
                : $"Found instead: {string.Join(", ", others.Take(MostOthers))}"
                    + (others.Count > MostOthers ? $" and {others.Count - MostOthers} more." : ".");
        var where = wish.Path is null ? "" : $" at {wish.Path}";
        return new ReleaseOutcome.Failed(
            ReleaseCodes.ImageNotFound,
            $"{string.Join(", ", names)} is not named in {string.Join(", ", selection.Wishes)}{where} "
                + $"({files.Count} {(files.Count == 1 ? "file" : "files")}, {wish.Repository} at {wish.Branch}). {found}",
            []
        );
    }

    private static int Distance(string name, string other) =>
        NearMiss.Distance(name, ImageReference.TryParse(other)?.Name.Text ?? other);

    /// <summary>The editor over all files, and what it came across.</summary>
    private sealed class Work(ImageWish wish, FileSelection selection)
    {
        public Dictionary<ImageRelease, List<string>> Before { get; } =
            wish.Images.ToDictionary(image => image, _ => new List<string>());

        public Dictionary<string, List<ImagePlace>> Places { get; } = [];

        public List<FileFault> Faults { get; } = [];

        public RepositoryFile Edit(RepositoryFile file)
        {
            var places = Places[file.Path] = [];
            var content = file.Content;
            foreach (var image in wish.Images.Where(image => MayName(file, image)))
            {
                switch (ImageEditor.Edit(content, image, wish.Path, OnlyIn(file.Path)))
                {
                    case EditResult.Found found:
                        content = found.Content;
                        places.AddRange(found.Places);
                        Before[image].AddRange(found.Places.Select(place => place.Before));
                        break;
                    case EditResult.Fault fault when Matters(file, image):
                        Faults.Add(new FileFault(file.Path, fault.Line, fault.Column, fault.Message));
                        return file;
                }
            }

            return file with
            {
                Content = content,
            };
        }

        private Func<ImagePlace, bool>? OnlyIn(string file) =>
            wish.Only is { } only ? place => only(file, place) : null;

        public static IReadOnlyList<string> OthersOf(RepositoryFile file, ImageRelease image) =>
            ImageEditor.Edit(file.Content, image) is EditResult.NotFound missing ? missing.Others : [];

        /// <summary>A file that was only searched and does not even contain the image's own name need not be parsed.</summary>
        private bool MayName(RepositoryFile file, ImageRelease image) =>
            wish.Path is not null || IsNamed(file) || file.Content.AsSpan().IndexOf(Utf8(LastOf(image))) >= 0;

        /// <summary>
        /// Templates of charts are no YAML, and a pattern may fit texts and scripts; in a search they are passed over. Other YAML
        /// that names the image and cannot be read is not: half a release would be worse than none.
        /// </summary>
        private bool Matters(RepositoryFile file, ImageRelease image) =>
            IsNamed(file)
            || (
                FileSelection.IsYaml(file.Path)
                && file.Content.AsSpan().IndexOf(Utf8(PathOf(image))) >= 0
                && file.Content.AsSpan().IndexOf("{{"u8) < 0
            );

        private bool IsNamed(RepositoryFile file) => selection.Wishes.Contains(file.Path);

        private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

        private static string LastOf(ImageRelease image) => image.Name.Text[(image.Name.Text.LastIndexOf('/') + 1)..];

        /// <summary>Without the registry, which charts name elsewhere.</summary>
        private static string PathOf(ImageRelease image) =>
            image.Name.Text.Split('/', 2) is [var first, var rest] && first.AsSpan().ContainsAny('.', ':')
                ? rest
                : image.Name.Text;
    }
}
