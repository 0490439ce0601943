namespace Devflow.ChatOps.Core.Images;

/// <summary>
/// The repository of a container image, without tag and digest. Two names are equal when they mean the same repository:
/// <c>nginx</c>, <c>docker.io/nginx</c> and <c>docker.io/library/nginx</c> do
/// (https://github.com/distribution/reference, familiar names). The host of a registry may be in capitals, as any host.
/// </summary>
public sealed class ImageName : IEquatable<ImageName>
{
    private const string DockerHub = "docker.io";

    private readonly string canonical;

    private ImageName(string text, string canonical)
    {
        Text = text;
        this.canonical = canonical;
    }

    /// <summary>The name as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a name; <c>null</c> when it is none, or when it has a tag or a digest.</summary>
    public static ImageName? TryParse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : text[..slash];
        var hasRegistry = first == "localhost" || first.AsSpan().ContainsAny('.', ':');
        var registry = hasRegistry ? first : DockerHub;
        var path = hasRegistry ? text[(slash + 1)..] : text;
        if (!IsRegistry(registry) || !path.Split('/').All(IsComponent))
        {
            return null;
        }

        registry = registry.ToLowerInvariant() switch
        {
            "index.docker.io" => DockerHub,
            var host => host,
        };
        var isShort = registry == DockerHub && !path.Contains('/', StringComparison.Ordinal);
        return new ImageName(text, $"{registry}/{(isShort ? "library/" : "")}{path}");
    }

    public bool Equals(ImageName? other) => other is not null && canonical == other.canonical;

    public override bool Equals(object? obj) => Equals(obj as ImageName);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(canonical);

    public override string ToString() => Text;

    private static bool IsRegistry(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        return host.Length > 0
            && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')
            && (colon < 0 || (colon + 1 < text.Length && text[(colon + 1)..].All(char.IsAsciiDigit)));
    }

    private static bool IsComponent(string text) =>
        text.Length > 0
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');
}
