using System.Security.Cryptography;
using System.Text;
using k8s;
using k8s.KubeConfigModels;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;

namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>
/// One kubeconfig file, looked through before the client library uses it: the library's own messages can carry values
/// of the file, and it passes over <c>tokenFile</c> and impersonation.
/// </summary>
internal sealed class KubeconfigFile
{
    private const int SizeLimit = 1024 * 1024;

    private readonly K8SConfiguration config;
    private readonly Context context;
    private readonly UserCredentials? user;
    private readonly ClusterEndpoint endpoint;
    private readonly string? tokenFile;

    private KubeconfigFile(
        byte[] content,
        K8SConfiguration config,
        Context context,
        ClusterEndpoint endpoint,
        UserCredentials? user,
        string? tokenFile
    )
    {
        this.config = config;
        this.context = context;
        this.endpoint = endpoint;
        this.user = user;
        this.tokenFile = tokenFile;
        Fingerprint = FingerprintOf(content, CertificateFiles);
    }

    /// <summary>Its user signs in by running a program.</summary>
    public bool RunsProgram => user?.ExternalExecution is not null;

    /// <summary>
    /// Reads the file and finds the context.
    /// </summary>
    /// <exception cref="KubeconfigException">It does not lead to a cluster; the message says why, without values.</exception>
    public static KubeconfigFile Read(string path, string? contextName)
    {
        var full = Path.GetFullPath(path);
        var content = ReadLimited(full);
        var text = Encoding.UTF8.GetString(content);
        K8SConfiguration? config;
        YamlMappingNode? tree;
        try
        {
            // Not KubernetesYaml: that looks at each of the library's thousand models before it reads its first file.
            config = new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<K8SConfiguration>(text);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            tree = stream.Documents.Count > 0 ? stream.Documents[0].RootNode as YamlMappingNode : null;
        }
        catch (YamlException fault)
        {
            throw new KubeconfigException($"is not a kubeconfig: line {fault.Start.Line}, column {fault.Start.Column}");
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet 18.1 throws these for some malformed input, such as a flow mapping that runs into the next key.
            throw new KubeconfigException("is not a kubeconfig: a bracket, brace or quote is not closed");
        }

        if (config is null || tree is null)
        {
            throw new KubeconfigException("is not a kubeconfig: it is empty or not a mapping");
        }

        config.FileName = full;
        var name = contextName ?? config.CurrentContext;
        if (string.IsNullOrEmpty(name))
        {
            throw new KubeconfigException("has no current-context, and the catalog names no context");
        }

        var context =
            config.Contexts?.FirstOrDefault(item => item?.Name == name)
            ?? throw new KubeconfigException($"has no context '{name}'");
        var cluster = context.ContextDetails?.Cluster;
        var endpoint =
            config.Clusters?.FirstOrDefault(item => item?.Name == cluster)?.ClusterEndpoint
            ?? throw new KubeconfigException($"has no cluster for its context '{name}'");
        if (
            !Uri.TryCreate(endpoint.Server, UriKind.Absolute, out var server)
            || (server.Scheme != Uri.UriSchemeHttps && server.Scheme != Uri.UriSchemeHttp)
        )
        {
            throw new KubeconfigException($"has no usable server address for its context '{name}'");
        }

        var userName = context.ContextDetails?.User;
        var user = string.IsNullOrEmpty(userName)
            ? null
            : config.Users?.FirstOrDefault(item => item?.Name == userName)?.UserCredentials
                ?? throw new KubeconfigException($"has no user with credentials for its context '{name}'");
        if (user is not null && (user.Impersonate is not null || user.ImpersonateGroups.Any()))
        {
            throw new KubeconfigException(
                $"asks to impersonate ('as') in its context '{name}', which is not supported; give that user credentials of its own"
            );
        }

        return new KubeconfigFile(content, config, context, endpoint, user, TokenFileOf(tree, userName, full));
    }

    /// <summary>
    /// The settings for the client library. Runs the user's credential program where there is one, which blocks.
    /// </summary>
    /// <exception cref="k8s.Exceptions.KubeConfigException">The library refuses it; its message may carry values.</exception>
    public KubernetesClientConfiguration ToConfiguration()
    {
        if (tokenFile is not null)
        {
            // The library does not know tokenFile and insists on credentials; the provider below goes before this one.
            user!.Token = "in-file";
        }
        else if (user is not null && IsEmpty(user))
        {
            // A user without credentials is nobody, for kubectl too; the library refuses it.
            context.ContextDetails.User = null;
        }

        var result = KubernetesClientConfiguration.BuildConfigFromConfigObject(config, context.Name);
        if (tokenFile is not null)
        {
            result.TokenProvider = new TokenFile(tokenFile);
        }

        return result;
    }

    /// <summary>
    /// Changes with the content of the file and of the certificates that it names. Content, not times: a mounted Secret
    /// is a chain of links whose own times never change.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>The fingerprint of this moment.</summary>
    /// <exception cref="KubeconfigException">The file itself cannot be read.</exception>
    public static string FingerprintOf(string path, IEnumerable<string> certificates) =>
        FingerprintOf(ReadLimited(Path.GetFullPath(path)), certificates);

    private static string FingerprintOf(byte[] content, IEnumerable<string> certificates)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(content);
        foreach (var certificate in certificates)
        {
            try
            {
                hash.AppendData(ReadLimited(certificate));
            }
            catch (KubeconfigException)
            {
                // That it is missing is a state like any other; opening the connection tells it.
                hash.AppendData("missing"u8);
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Certificate files that the context reads.</summary>
    public IReadOnlyList<string> CertificateFiles =>
        [
            .. new[] { endpoint.CertificateAuthority, user?.ClientCertificate, user?.ClientKey }
                .Where(file => !string.IsNullOrEmpty(file))
                .Select(file => Path.Combine(Path.GetDirectoryName(config.FileName)!, file!)),
        ];

    private static bool IsEmpty(UserCredentials user) =>
        user is { AuthProvider: null, ExternalExecution: null }
        && new[]
        {
            user.Token,
            user.UserName,
            user.Password,
            user.ClientCertificate,
            user.ClientCertificateData,
            user.ClientKey,
            user.ClientKeyData,
        }.All(string.IsNullOrEmpty);

    private static string? TokenFileOf(YamlMappingNode tree, string? userName, string kubeconfig)
    {
        var file = Child(tree, "users") is YamlSequenceNode users
            ? users
                .OfType<YamlMappingNode>()
                .Where(user => (Child(user, "name") as YamlScalarNode)?.Value == userName)
                .Select(user =>
                    ((Child(user, "user") as YamlMappingNode) is { } details ? Child(details, "tokenFile") : null)
                )
                .OfType<YamlScalarNode>()
                .FirstOrDefault()
                ?.Value
            : null;
        return string.IsNullOrEmpty(file) ? null : Path.Combine(Path.GetDirectoryName(kubeconfig)!, file);
    }

    private static YamlNode? Child(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    private static byte[] ReadLimited(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var content = new byte[SizeLimit + 1];
            var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return length <= SizeLimit
                ? content[..length]
                : throw new KubeconfigException("is larger than 1 MiB, which no kubeconfig is");
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KubeconfigException("does not exist");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new KubeconfigException($"cannot be read ({fault.GetType().Name})");
        }
    }
}

/// <summary>A kubeconfig that does not lead to a cluster. The message is the rest of a sentence that begins with the file.</summary>
internal sealed class KubeconfigException(string message) : Exception(message);
