namespace Devflow.ChatOps.Sandbox.World;

/// <summary>Where the sandbox keeps everything; readable by its owner only.</summary>
public sealed class SandboxFolder : IDisposable
{
    private readonly FileStream held;

    /// <summary>Creates the folder where it is missing, and takes it: two sandboxes in one folder would mix.</summary>
    /// <exception cref="SandboxCannotStartException">It cannot be created, or another sandbox has it.</exception>
    public SandboxFolder(string path)
    {
        Root = Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Root);
            }
            else
            {
                const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
                Directory.CreateDirectory(Root, owner);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SandboxCannotStartException($"The folder {Root} cannot be created: {fault.Message}", fault);
        }

        try
        {
            held = new FileStream(In("sandbox.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SandboxCannotStartException(
                $"Another sandbox uses {Root}; stop it, or choose another folder with --data.",
                fault
            );
        }
    }

    /// <summary>Absolute path.</summary>
    public string Root { get; }

    /// <summary>The release catalog that the service reads.</summary>
    public string Catalog => In("catalog.yaml");

    /// <summary>For the user's own kubectl.</summary>
    public string Kubeconfig => In("kubeconfig");

    /// <summary>What the service reads the cluster with.</summary>
    public string ObserverKubeconfig => In("kubeconfig-observer");

    /// <summary>What the service patches Rollouts with.</summary>
    public string ExecutorKubeconfig => In("kubeconfig-executor");

    /// <summary>Generated secrets.</summary>
    public string Secrets => In("secrets.json");

    /// <summary>The service's store.</summary>
    public string Store => In("devflow.db");

    /// <summary>The objects of the cluster.</summary>
    public string Cluster => In("cluster.json");

    /// <summary>The Slack workspace.</summary>
    public string Slack => In("slack.json");

    /// <summary>What GitHub knows beside the repositories.</summary>
    public string GitHub => In("github.json");

    /// <summary>The Git repositories, bare ones: what was merged, and what Argo CD brings into the cluster.</summary>
    public string Git => In("git");

    /// <summary>Whether an earlier run left something to go on with.</summary>
    /// <exception cref="InvalidDataException">It left a world without Git, which has nothing to go on from.</exception>
    public bool HasWorld =>
        File.Exists(Cluster)
        && File.Exists(Slack)
        && (File.Exists(GitMark) ? true : throw new InvalidDataException($"there is no Git in {Git}"));

    // Says that the folder is the sandbox's own, to be removed with all that is in it.
    private string GitMark => Path.Combine(Git, "devflow-sandbox");

    /// <summary>
    /// Forgets what earlier runs left. Only files that the sandbox writes are removed: the folder may have been
    /// mistyped.
    /// </summary>
    public void Clear()
    {
        string[] files =
        [
            Catalog,
            Kubeconfig,
            ObserverKubeconfig,
            ExecutorKubeconfig,
            Secrets,
            Store,
            Store + "-wal",
            Store + "-shm",
            Store + ".lock",
            Cluster,
            Slack,
            GitHub,
        ];
        foreach (var file in files)
        {
            File.Delete(file);
        }

        if (File.Exists(GitMark))
        {
            Directory.Delete(Git, recursive: true);
        }
    }

    /// <summary>The folder of a bare repository.</summary>
    /// <param name="name">Without its owner.</param>
    public string Repository(string name)
    {
        Directory.CreateDirectory(Git);
        File.WriteAllText(GitMark, "Repositories of the Devflow sandbox; --fresh removes them.\n");
        return Path.Combine(Git, name + ".git");
    }

    /// <summary>Writes a file that its owner alone can read; a crash in between leaves the former one whole.</summary>
    public static void WritePrivate(string path, string text)
    {
        var next = path + ".next";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new StreamWriter(next, options))
        {
            file.Write(text);
        }

        File.Move(next, path, overwrite: true);
    }

    /// <summary>Gives the folder back.</summary>
    public void Dispose() => held.Dispose();

    private string In(string name) => Path.Combine(Root, name);
}
