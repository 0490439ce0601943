using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;

namespace Devflow.ChatOps.Sandbox.GitHub.Git;

/// <summary>Where objects and references are kept. Objects never change; references are changed under the repository's lock.</summary>
internal interface IGitStorage
{
    GitObject? Read(string id);

    void Write(string id, GitObject item);

    /// <summary>All references by full name, <c>refs/heads/main</c>.</summary>
    IReadOnlyDictionary<string, string> References();

    /// <param name="id">Null: the reference goes.</param>
    void Point(string reference, string? id);
}

/// <summary>Kept as long as the process.</summary>
internal sealed class MemoryStorage : IGitStorage
{
    private readonly ConcurrentDictionary<string, GitObject> objects = new();
    private readonly ConcurrentDictionary<string, string> references = new();

    public GitObject? Read(string id) => objects.GetValueOrDefault(id);

    public void Write(string id, GitObject item) => objects.TryAdd(id, item);

    public IReadOnlyDictionary<string, string> References() =>
        new SortedDictionary<string, string>(references, StringComparer.Ordinal);

    public void Point(string reference, string? id)
    {
        if (id is null)
        {
            references.TryRemove(reference, out _);
        }
        else
        {
            references[reference] = id;
        }
    }
}

/// <summary>
/// A bare repository on disk that <c>git log</c> and <c>git clone</c> read: loose objects and loose references, each written
/// beside its place and renamed into it. Packed objects are not read: what is pushed into the folder is unpacked, and nothing
/// is collected, for the folder's own settings say so.
/// </summary>
internal sealed class FolderStorage : IGitStorage
{
    private const string Settings = """
        [core]
        	repositoryformatversion = 0
        	bare = true
        [receive]
        	unpackLimit = 1000000
        	autogc = false
        [gc]
        	auto = 0

        """;

    private readonly string folder;

    /// <param name="folder">Made when it is not there.</param>
    /// <param name="defaultBranch">What <c>HEAD</c> points to.</param>
    public FolderStorage(string folder, string defaultBranch)
    {
        this.folder = folder;
        Directory.CreateDirectory(Path.Combine(folder, "objects"));
        Directory.CreateDirectory(Path.Combine(folder, "refs", "heads"));
        Directory.CreateDirectory(Path.Combine(folder, "refs", "tags"));
        if (!File.Exists(Path.Combine(folder, "HEAD")))
        {
            Put(Path.Combine(folder, "HEAD"), Encoding.ASCII.GetBytes($"ref: refs/heads/{defaultBranch}\n"));
        }

        if (!File.Exists(Path.Combine(folder, "config")))
        {
            Put(Path.Combine(folder, "config"), Encoding.ASCII.GetBytes(Settings));
        }
    }

    public GitObject? Read(string id)
    {
        var path = PathOf(id);
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = File.OpenRead(path);
        using var inflated = new ZLibStream(file, CompressionMode.Decompress);
        using var content = new MemoryStream();
        inflated.CopyTo(content);
        var bytes = content.ToArray();
        var zero = Array.IndexOf(bytes, (byte)0);
        return new GitObject(Encoding.ASCII.GetString(bytes, 0, zero).Split(' ')[0], bytes[(zero + 1)..]);
    }

    public void Write(string id, GitObject item)
    {
        var path = PathOf(id);
        if (File.Exists(path))
        {
            return;
        }

        using var content = new MemoryStream();
        using (var deflated = new ZLibStream(content, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflated.Write(item.Framed());
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Put(path, content.ToArray());
    }

    public IReadOnlyDictionary<string, string> References()
    {
        var root = Path.Combine(folder, "refs");
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        // Half-written ones are left out, ours and those of a push that is under way.
        var files = Directory
            .EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is not (".tmp" or ".lock"));
        foreach (var file in files)
        {
            try
            {
                found["refs/" + Path.GetRelativePath(root, file).Replace('\\', '/')] = File.ReadAllText(file).Trim();
            }
            catch (FileNotFoundException)
            {
                // A branch that somebody takes away at this moment is gone.
            }
        }

        return found;
    }

    public void Point(string reference, string? id)
    {
        var path = Path.Combine(folder, reference);
        if (id is null)
        {
            File.Delete(path);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Put(path, Encoding.ASCII.GetBytes(id + "\n"));
    }

    private string PathOf(string id) => Path.Combine(folder, "objects", id[..2], id[2..]);

    private static void Put(string path, byte[] content)
    {
        var beside = $"{path}.{Guid.NewGuid():n}.tmp";
        File.WriteAllBytes(beside, content);
        File.Move(beside, path, overwrite: true);
    }
}
