namespace Devflow.ChatOps.Core.Images;

/// <summary>A container image as manifests name it: <c>[registry[:port]/]repository[:tag][@digest]</c>.</summary>
public sealed record ImageReference(ImageName Name, string? Tag, string? Digest)
{
    /// <summary>Reads a reference; <c>null</c> when it is none.</summary>
    public static ImageReference? TryParse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var digest = at < 0 ? null : text[(at + 1)..];
        var rest = at < 0 ? text : text[..at];
        var colon = rest.LastIndexOf(':');
        var hasTag = colon > rest.LastIndexOf('/');
        var tag = hasTag ? rest[(colon + 1)..] : null;
        var name = ImageName.TryParse(hasTag ? rest[..colon] : rest);
        return name is null || (tag is not null && !IsTag(tag)) || (digest is not null && !IsDigest(digest))
            ? null
            : new ImageReference(name, tag, digest);
    }

    /// <summary>At most 128 letters, digits, <c>_ . -</c>, and not led by <c>.</c> or <c>-</c> (the OCI distribution specification).</summary>
    public static bool IsTag(string text) =>
        text.Length is > 0 and <= 128
        && text[0] is not ('.' or '-')
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    /// <summary><c>sha256:</c> and 64 lower-case hexadecimal digits, or <c>sha512:</c> and 128 (the OCI image specification).</summary>
    public static bool IsDigest(string text) => HasHex(text, "sha256:", 64) || HasHex(text, "sha512:", 128);

    public override string ToString() =>
        Name.Text + (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    private static bool HasHex(string text, string algorithm, int length) =>
        text.Length == algorithm.Length + length
        && text.StartsWith(algorithm, StringComparison.Ordinal)
        && text.Skip(algorithm.Length).All(char.IsAsciiHexDigitLower);
}
