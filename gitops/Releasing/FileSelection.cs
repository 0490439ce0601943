using System.Text;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>Which files of a repository are meant: some by name, some by pattern or folder.</summary>
public sealed class FileSelection
{
    /// <summary>More files are not searched: it is neither quick nor what anybody means.</summary>
    public const int MostFiles = 1000;

    /// <summary>The third name of a kustomization, and the only manifest without an extension.</summary>
    private const string Kustomization = "Kustomization";

    private static readonly string[] yaml = ["*.yaml", "*.yml", Kustomization];

    private readonly List<(string Prefix, Regex Pattern)> patterns = [];

    private FileSelection(IReadOnlyList<string> wishes) => Wishes = wishes;

    /// <summary>As they were written, without <c>./</c>.</summary>
    public IReadOnlyList<string> Wishes { get; }

    /// <summary>Files that are named. A folder may turn out to be among them (<see cref="WithFolders"/>).</summary>
    public IReadOnlyList<string> Named { get; private set; } = [];

    /// <summary>Whether a list of the repository's files is needed to know which are meant.</summary>
    public bool NeedsListing => patterns.Count > 0;

    /// <summary>Folders in which, at any depth, everything is that is meant and not named; an empty one is the root.</summary>
    public IReadOnlyList<string> Folders => [.. patterns.Select(pattern => pattern.Prefix).Distinct()];

    /// <summary>The file, or the deepest folder that all files are in; null: the root.</summary>
    public string? HistoryPath
    {
        get
        {
            var folders = patterns.Select(pattern => pattern.Prefix).ToList();
            if (folders.Count == 0 && Named.Count == 1)
            {
                return Named[0];
            }

            var segments = folders.Concat(Named.Select(FolderOf)).Select(path => path.Split('/')).ToList();
            var common = segments[0]
                .TakeWhile((segment, at) => segments.All(path => at < path.Length && path[at] == segment));
            return string.Join('/', common) is { Length: > 0 } path ? path : null;
        }
    }

    /// <summary>One file, when it is named as manifests are; else a folder.</summary>
    /// <exception cref="FormatException">A path that leads out of the repository.</exception>
    public static FileSelection At(string path) => Parse([IsManifest(path) ? path : path.TrimEnd('/') + "/"]);

    /// <summary>Whether a file of this name is YAML.</summary>
    public static bool IsManifest(string path) =>
        path.EndsWith(".yaml", StringComparison.Ordinal)
        || path.EndsWith(".yml", StringComparison.Ordinal)
        || LastOf(path) == Kustomization;

    /// <summary>Whether a file of this name is to be read as YAML, which JSON is too.</summary>
    public static bool IsYaml(string path) => IsManifest(path) || path.EndsWith(".json", StringComparison.Ordinal);

    /// <summary>
    /// Reads file names, patterns and folders. What ends in <c>/</c> is a folder, what has no extension a folder or a file;
    /// nothing at all is the whole repository.
    /// </summary>
    /// <exception cref="FormatException">A path that leads out of the repository.</exception>
    public static FileSelection Parse(IReadOnlyList<string> wishes)
    {
        var clean = wishes.Select(Clean).Distinct(StringComparer.Ordinal).ToList();
        clean = clean.Count == 0 ? ["."] : clean;
        var selection = new FileSelection(clean);
        selection.Named = [.. clean.Where(wish => !IsPattern(wish) && !IsFolder(wish)).Order(StringComparer.Ordinal)];
        foreach (var wish in clean.Where(wish => IsPattern(wish) || IsFolder(wish)))
        {
            selection.Add(wish);
        }

        return selection;
    }

    /// <summary>The same selection where some of the named files turned out to be folders.</summary>
    public FileSelection WithFolders(IReadOnlyCollection<string> folders) =>
        Parse([.. Wishes.Select(wish => folders.Contains(wish) ? wish + "/" : wish)]);

    /// <summary>The same selection and these files, where they are there.</summary>
    public FileSelection And(IEnumerable<string> files)
    {
        var more = Parse(Wishes);
        more.patterns.AddRange(
            files.Select(file =>
                (
                    FolderOf(file),
                    new Regex($"^{Regex.Escape(file)}$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)
                )
            )
        );
        return more;
    }

    /// <summary>Whether a file is meant.</summary>
    public bool Includes(string path) => Named.Contains(path) || patterns.Exists(at => at.Pattern.IsMatch(path));

    private void Add(string wish)
    {
        if (IsPattern(wish))
        {
            var fixedPart = wish[..wish.IndexOfAny(['*', '?'])];
            patterns.Add((FolderOf(fixedPart), ToRegex(wish)));
            return;
        }

        var folder = wish.TrimEnd('/');
        folder = folder == "." ? "" : folder;
        foreach (var name in yaml)
        {
            patterns.Add((folder, ToRegex((folder.Length == 0 ? "" : folder + "/") + "**/" + name)));
        }

        if (!wish.EndsWith('/') && folder.Length > 0)
        {
            // A file without extension, after all.
            patterns.Add((folder, ToRegex(folder)));
        }
    }

    private static string Clean(string wish)
    {
        var segments = wish.Trim().Split('/').Where(segment => segment is not ("." or "")).ToList();
        if (segments.Contains("..") || wish.Any(char.IsControl))
        {
            throw new FormatException($"Not a path in the repository: {wish}");
        }

        return segments.Count == 0 ? "." : string.Join('/', segments) + (wish.TrimEnd().EndsWith('/') ? "/" : "");
    }

    private static bool IsPattern(string wish) => wish.AsSpan().ContainsAny('*', '?');

    private static bool IsFolder(string wish) =>
        wish == "." || wish.EndsWith('/') || !(LastOf(wish) == Kustomization || LastOf(wish).Contains('.'));

    private static string LastOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";

    private static Regex ToRegex(string glob)
    {
        var pattern = new StringBuilder("^");
        for (var at = 0; at < glob.Length; at++)
        {
            var rest = glob.AsSpan(at);
            if (rest.StartsWith("**/"))
            {
                pattern.Append("(?:.*/)?");
                at += 2;
            }
            else if (rest.StartsWith("**"))
            {
                pattern.Append(".*");
                at++;
            }
            else
            {
                pattern.Append(
                    glob[at] switch
                    {
                        '*' => "[^/]*",
                        '?' => "[^/]",
                        var letter => Regex.Escape(letter.ToString()),
                    }
                );
            }
        }

        return new Regex(pattern.Append('$').ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }
}
