using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>The id that Git gives to a file's content (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects).</summary>
internal static class GitBlob
{
    [SuppressMessage("Security", "CA5350", Justification = "Git's ids are SHA-1; nothing is secured by this one.")]
    public static string Id(byte[] content)
    {
        var header = string.Create(CultureInfo.InvariantCulture, $"blob {content.Length}\0");
        return Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes(header), .. content]));
    }
}
