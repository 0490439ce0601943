namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>How an <see cref="ApiServer"/> is to behave.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Port on the loopback interface; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Who has which bearer token. Empty: everybody is an administrator, with a token or without. Otherwise a request
    /// without a token is anonymous, and one with an unknown token is refused with 401.
    /// </summary>
    public IReadOnlyDictionary<string, ApiUser> Tokens { get; init; } = new Dictionary<string, ApiUser>();

    /// <summary>
    /// Serves HTTPS with a certificate of its own, which the kubeconfig carries. kubectl sends tokens only so.
    /// </summary>
    public bool UseTls { get; init; }

    /// <summary>Asked before each request; null lets it pass. May be changed later on the server.</summary>
    public Func<HttpRequest, Fault?>? Fault { get; init; }

    /// <summary>Time between two bookmarks of a watch that asked for them. A real server takes about a minute.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Told the version of each bookmark once it is sent.</summary>
    public Action<long>? Bookmarked { get; init; }

    /// <summary>How many requests the log keeps.</summary>
    public int RequestLogCapacity { get; init; } = 10_000;

    /// <summary>Time for watch timeouts and bookmarks.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
