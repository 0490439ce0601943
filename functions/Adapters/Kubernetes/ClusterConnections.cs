using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;
using k8s;
using k8s.Exceptions;

namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>
/// Connections to the clusters of the catalog, made when they are first needed and kept: one for each identity. Each
/// use looks whether the catalog's entry or the kubeconfig changed; then a new one takes its place.
/// </summary>
/// <param name="catalog">The catalog of this moment.</param>
/// <param name="options">Timeouts.</param>
/// <param name="logger">Where connections and faults of the configuration are told.</param>
public sealed partial class ClusterConnections(
    Func<ReleaseCatalog> catalog,
    KubernetesOptions options,
    ILogger<ClusterConnections> logger
) : IDisposable
{
    private const string ServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    private readonly Lock gate = new();
    private readonly Dictionary<(string Cluster, ClusterAccess Access), Entry> entries = [];
    private readonly ConcurrentDictionary<(string, ClusterAccess), string> told = [];
    private bool closed;

    /// <summary>The connection that reads, or the one that patches.</summary>
    internal async Task<ConnectionAnswer> FindAsync(string name, bool toPatch, CancellationToken stop)
    {
        var cluster = catalog().FindCluster(name);
        if (cluster is null)
        {
            return Misconfigured($"The catalog has no cluster '{name}'.");
        }

        var access = toPatch ? cluster.Patcher : cluster.Observer;
        Task<ClusterConnection> opening;
        try
        {
            opening = Current(cluster, access);
        }
        catch (KubeconfigException fault)
        {
            Forget(name, access);
            return Tell(name, access, $"{Place(name, access)} {fault.Message}.");
        }

        try
        {
            var connection = await opening.WaitAsync(stop);
            told.TryRemove((name, access), out _);
            return new ConnectionAnswer(connection, null);
        }
        catch (KubeconfigException fault)
        {
            Forget(name, access);
            return Tell(name, access, $"{Place(name, access)} {fault.Message}.");
        }
    }

    /// <summary>Makes the next use open a new connection.</summary>
    internal void Forget(string name, ClusterConnection connection)
    {
        Entry[] gone;
        lock (gate)
        {
            var keys = entries
                .Where(item =>
                    item.Key.Cluster == name
                    && item.Value.Opening.IsCompletedSuccessfully
                    && item.Value.Opening.Result == connection
                )
                .Select(item => item.Key)
                .ToArray();
            gone = [.. keys.Select(Take)];
        }

        Retire(gone);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Entry[] all;
        lock (gate)
        {
            closed = true;
            all = [.. entries.Values];
            entries.Clear();
        }

        Retire(all);
    }

    private Task<ClusterConnection> Current(Cluster cluster, ClusterAccess access)
    {
        var key = (cluster.Name, access);
        List<Entry> gone = [];
        try
        {
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(closed, this);
                var left = entries.Keys.Where(old =>
                    old.Cluster == cluster.Name && old.Access != cluster.Observer && old.Access != cluster.Patcher
                );
                gone.AddRange(left.ToArray().Select(Take));
                if (entries.TryGetValue(key, out var entry))
                {
                    if (entry.Fingerprint == Fingerprint(access, entry.AlsoRead))
                    {
                        return entry.Opening;
                    }

                    gone.Add(Take(key));
                }

                entry = NewEntry(cluster.Name, access);
                entries.Add(key, entry);
                return entry.Opening;
            }
        }
        finally
        {
            Retire(gone);
        }
    }

    private Entry NewEntry(string cluster, ClusterAccess access)
    {
        if (access is not ClusterAccess.Kubeconfig file)
        {
            return new Entry("", [], Task.Run(() => OpenInCluster(cluster)));
        }

        var kubeconfig = KubeconfigFile.Read(file.Path, file.Context);
        var certificates = kubeconfig.CertificateFiles;
        return new Entry(
            kubeconfig.Fingerprint,
            certificates,
            // A credential program may take its time; whoever waits for it has a deadline of their own.
            Task.Run(() => Open(cluster, file.Path, kubeconfig.RunsProgram, kubeconfig.ToConfiguration))
        );
    }

    private ClusterConnection OpenInCluster(string cluster) =>
        Open(
            cluster,
            "the Pod's service account",
            runsProgram: false,
            () =>
            {
                if (!KubernetesClientConfiguration.IsInCluster())
                {
                    throw new KubeconfigException("is asked for, but this is not a Pod with a mounted service account");
                }

                var config = KubernetesClientConfiguration.InClusterConfig();
                config.TokenProvider = new TokenFile(Path.Combine(ServiceAccountFolder, "token"));
                return config;
            }
        );

    private ClusterConnection Open(
        string cluster,
        string source,
        bool runsProgram,
        Func<KubernetesClientConfiguration> configure
    )
    {
        try
        {
            var config = configure();
            var connection = ClusterConnection.Open(cluster, source, runsProgram, config, options);
            LogOpened(logger, cluster, connection.BaseUri.GetLeftPart(UriPartial.Authority), source);
            if (config.SkipTlsVerify)
            {
                LogUnverified(logger, cluster, source);
            }

            return connection;
        }
        catch (Exception fault) when (fault is not KubeconfigException)
        {
            // The library throws many types, and its messages may carry values of the file or a program's output.
            throw new KubeconfigException(
                runsProgram && fault is KubeConfigException
                    ? "has a credential program (exec) that did not give credentials"
                : fault is KubeConfigException ? "has no credentials that can be used"
                : fault is FormatException ? "has a certificate or key that is not base64"
                : fault is System.Security.Cryptography.CryptographicException
                    ? "has a certificate or key that cannot be read"
                : fault is IOException or UnauthorizedAccessException
                    ? "names a certificate or key file that cannot be read"
                : $"cannot be used ({fault.GetType().Name})"
            );
        }
    }

    private static string Fingerprint(ClusterAccess access, IReadOnlyList<string> alsoRead) =>
        access is ClusterAccess.Kubeconfig file ? KubeconfigFile.FingerprintOf(file.Path, alsoRead) : "";

    private void Forget(string name, ClusterAccess access)
    {
        lock (gate)
        {
            if (entries.TryGetValue((name, access), out var entry))
            {
                Take((name, access));
                Retire([entry]);
            }
        }
    }

    private Entry Take((string, ClusterAccess) key)
    {
        entries.Remove(key, out var entry);
        return entry!;
    }

    private static void Retire(IEnumerable<Entry> gone)
    {
        foreach (var entry in gone)
        {
            entry.Opening.ContinueWith(
                opened => opened.Result.Retire(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default
            );
        }
    }

    private ConnectionAnswer Tell(string name, ClusterAccess access, string fault)
    {
        var answer = Misconfigured(fault);
        var before = told.GetValueOrDefault((name, access));
        told[(name, access)] = answer.Fault!.Message;
        if (before != answer.Fault.Message)
        {
            LogMisconfigured(logger, answer.Fault.Message);
        }

        return answer;
    }

    private static string Place(string name, ClusterAccess access) =>
        access is ClusterAccess.Kubeconfig file
            ? $"Cluster '{name}': the kubeconfig {file.Path}"
            : $"Cluster '{name}': the Pod's service account";

    private static ConnectionAnswer Misconfigured(string sentence) =>
        new(null, new ClusterFault(ClusterFaultKind.Misconfigured, Plain.OneLine(sentence, 400)));

    private sealed record Entry(string Fingerprint, IReadOnlyList<string> AlsoRead, Task<ClusterConnection> Opening);
}

/// <summary>A connection, or why there is none.</summary>
internal sealed record ConnectionAnswer(ClusterConnection? Connection, ClusterFault? Fault);
