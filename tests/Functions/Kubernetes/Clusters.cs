using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Kubernetes;
using Microsoft.Extensions.Logging;

namespace Devflow.ChatOps.Tests.Functions.Kubernetes;

/// <summary>The adapter over a catalog and a folder of kubeconfigs of its own.</summary>
internal sealed class Clusters : IDisposable
{
    public const string Token = "the-secret-token";
    public static readonly RolloutRef Shop = new("prod", "shop", "storefront");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devflow-kubeconfigs-");

    public Clusters(KubernetesOptions? options = null, TimeProvider? clock = null)
    {
        options ??= new KubernetesOptions
        {
            // Generous: the machine may be slow, and no test but those of timeouts is about time.
            ConnectTimeout = TimeSpan.FromSeconds(30),
            RequestTimeout = TimeSpan.FromSeconds(60),
            TotalTimeout = TimeSpan.FromSeconds(90),
        };
        Connections = new ClusterConnections(() => Catalog, options, ConnectionLog);
        Rollouts = new KubernetesRollouts(Connections, options, clock ?? TimeProvider.System, Log);
    }

    public ReleaseCatalog Catalog { get; set; } = Of();

    public ClusterConnections Connections { get; }

    public KubernetesRollouts Rollouts { get; }

    public ListLogger<KubernetesRollouts> Log { get; } = new();

    public ListLogger<ClusterConnections> ConnectionLog { get; } = new();

    public static ReleaseCatalog Of(params Cluster[] clusters) => new(clusters, [], [], [], new Viewers.Everyone(), []);

    /// <summary>One cluster `prod` with one identity.</summary>
    public static Clusters At(Uri server, KubernetesOptions? options = null, TimeProvider? clock = null)
    {
        var clusters = new Clusters(options, clock);
        clusters.Catalog = Of(new Cluster("prod", clusters.Kubeconfig("prod", server)));
        return clusters;
    }

    public string PathOf(string name) => Path.Combine(folder.FullName, name);

    /// <summary>Writes a kubeconfig with a token.</summary>
    public ClusterAccess.Kubeconfig Kubeconfig(string name, Uri server, string token = Token) =>
        Write(name, server, $"{{ token: {token} }}");

    /// <summary>Writes a kubeconfig with this user.</summary>
    public ClusterAccess.Kubeconfig Write(string name, Uri server, string user, string cluster = "") =>
        WriteText(
            name,
            $$"""
            apiVersion: v1
            kind: Config
            current-context: main
            clusters:
            - name: there
              cluster: { server: "{{server}}"{{cluster}} }
            users:
            - name: me
              user: {{user}}
            contexts:
            - name: main
              context: { cluster: there, user: me }
            """
        );

    public ClusterAccess.Kubeconfig WriteText(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return new ClusterAccess.Kubeconfig(PathOf(name));
    }

    public void Dispose()
    {
        Connections.Dispose();
        folder.Delete(recursive: true);
    }
}

/// <summary>What was logged.</summary>
internal sealed class ListLogger<T> : ILogger<T>
{
    private readonly List<string> lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines)
            {
                return [.. lines];
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        lock (lines)
        {
            lines.Add($"{logLevel}: {formatter(state, exception)}");
        }
    }
}

internal static class Answers
{
    public static T Value<T>(this ClusterAnswer<T> answer) =>
        answer.ShouldBeOfType<ClusterAnswer<T>.Ok>($"{answer}").Value;

    public static ClusterFault Why<T>(this ClusterAnswer<T> answer)
    {
        var why = answer.ShouldBeOfType<ClusterAnswer<T>.Fault>().Why;
        why.Message.ShouldNotBeNullOrWhiteSpace();
        why.Message.ShouldNotContain(Clusters.Token);
        why.Message.ShouldNotContain('\n');
        return why;
    }

    public static ClusterFaultKind Kind<T>(this ClusterAnswer<T> answer) => answer.Why().Kind;
}
