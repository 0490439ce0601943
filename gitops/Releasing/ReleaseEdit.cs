using System.Text;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>All images of an order, put into all files that name them.</summary>
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
        IReadOnlyDictionary<ImageRelease, IReadOnlyCollection<string>> Before
    ) : ReleaseEdit
    {
        /// <summary>What stands there now, each once: tag, digest, or both.</summary>
        public IReadOnlyCollection<string> Standing(ImageRelease image) => Before[image];
    }

    /// <summary>It cannot be done.</summary>
    public sealed record Impossible(ReleaseOutcome.Failed Failure) : ReleaseEdit;

    /// <summary>Edits the files of a snapshot.</summary>
    public static ReleaseEdit Make(ReleaseOrder order, FileSelection selection, BranchSnapshot snapshot)
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
                    $"No file fits {string.Join(", ", selection.Wishes)} in {order.Repository} at {order.Branch}.",
                    []
                )
            );
        }

        var work = new Work(order, selection);
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

        if (order.Images.Where(image => work.Before[image].Count == 0).ToList() is { Count: > 0 } missing)
        {
            return Fail(NotFound(order, selection, missing, snapshot.Files, work));
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
                image => image.Key,
                image => (IReadOnlyCollection<string>)[.. image.Value.Distinct(StringComparer.Ordinal)]
            )
        );
    }

    private static Impossible Fail(ReleaseOutcome.Failed failure) => new(failure);

    private static ReleaseOutcome.Failed Unusable(IReadOnlyList<UnusableFile> files) =>
        new(
            files.All(file => !file.IsThere) ? ReleaseCodes.FileNotFound : ReleaseCodes.FileNotEditable,
            string.Join("; ", files.Select(file => $"{file.Path}: {file.Reason}")) + ".",
            [.. files.Select(file => new FileFault(file.Path, 0, 0, file.Reason))]
        );

    private static ReleaseOutcome.Failed NotFound(
        ReleaseOrder order,
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
        var where = order.Path is null ? "" : $" at {order.Path}";
        return new ReleaseOutcome.Failed(
            ReleaseCodes.ImageNotFound,
            $"{string.Join(", ", names)} is not named in {string.Join(", ", selection.Wishes)}{where} "
                + $"({files.Count} {(files.Count == 1 ? "file" : "files")}, {order.Repository} at {order.Branch}). {found}",
            []
        );
    }

    private static int Distance(string name, string other) =>
        NearMiss.Distance(name, ImageReference.TryParse(other)?.Name.Text ?? other);

    /// <summary>The editor over all files, and what it came across.</summary>
    private sealed class Work(ReleaseOrder order, FileSelection selection)
    {
        public Dictionary<ImageRelease, List<string>> Before { get; } =
            order.Images.ToDictionary(image => image, _ => new List<string>());

        public Dictionary<string, List<ImagePlace>> Places { get; } = [];

        public List<FileFault> Faults { get; } = [];

        public RepositoryFile Edit(RepositoryFile file)
        {
            var places = Places[file.Path] = [];
            var content = file.Content;
            foreach (var image in order.Images.Where(image => MayName(file, image)))
            {
                switch (ImageEditor.Edit(content, image, order.Path))
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

        public static IReadOnlyList<string> OthersOf(RepositoryFile file, ImageRelease image) =>
            ImageEditor.Edit(file.Content, image) is EditResult.NotFound missing ? missing.Others : [];

        /// <summary>A file that was only searched and does not even contain the image's own name need not be parsed.</summary>
        private bool MayName(RepositoryFile file, ImageRelease image) =>
            order.Path is not null || IsNamed(file) || file.Content.AsSpan().IndexOf(Utf8(LastOf(image))) >= 0;

        /// <summary>
        /// Templates of charts are no YAML; in a search they are passed over. A file that names the image and cannot be read is
        /// not: half a release would be worse than none.
        /// </summary>
        private bool Matters(RepositoryFile file, ImageRelease image) =>
            IsNamed(file)
            || (file.Content.AsSpan().IndexOf(Utf8(PathOf(image))) >= 0 && file.Content.AsSpan().IndexOf("{{"u8) < 0);

        private bool IsNamed(RepositoryFile file) => selection.Named.Contains(file.Path);

        private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

        private static string LastOf(ImageRelease image) => image.Name.Text[(image.Name.Text.LastIndexOf('/') + 1)..];

        /// <summary>Without the registry, which charts name elsewhere.</summary>
        private static string PathOf(ImageRelease image) =>
            image.Name.Text.Split('/', 2) is [var first, var rest] && first.AsSpan().ContainsAny('.', ':')
                ? rest
                : image.Name.Text;
    }
}
