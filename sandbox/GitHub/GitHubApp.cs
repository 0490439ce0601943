using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>A GitHub App that is registered and installed.</summary>
public sealed class GitHubApp : IDisposable
{
    private readonly RSA key = RSA.Create(2048);

    /// <param name="id">Its id.</param>
    /// <param name="login">Under which its tokens write.</param>
    /// <param name="repositories">Where it is installed, <c>owner/name</c>.</param>
    public GitHubApp(long id, string login, params IEnumerable<string> repositories) =>
        (Id, Login, Repositories) = (id, login, repositories.ToHashSet(StringComparer.OrdinalIgnoreCase));

    public long Id { get; }

    public string Login { get; }

    public IReadOnlySet<string> Repositories { get; }

    /// <summary>What its installation was granted.</summary>
    public GitHubAccess Contents { get; init; } = GitHubAccess.Write;

    /// <summary>The same for pull requests.</summary>
    public GitHubAccess PullRequests { get; init; } = GitHubAccess.Write;

    /// <summary>The private key as GitHub hands it out: PKCS#1 in PEM.</summary>
    public string PrivateKey => key.ExportRSAPrivateKeyPem();

    public long InstallationId => Id * 1000;

    public void Dispose() => key.Dispose();

    /// <summary>
    /// Checks a JSON Web Token as GitHub does: signature, issuer, at most ten minutes ahead
    /// (https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app).
    /// </summary>
    internal bool Signed(string token, DateTimeOffset now)
    {
        try
        {
            if (token.Split('.') is not [var header, var payload, var signature])
            {
                return false;
            }

            var head = JsonElement.Parse(Base64Url.DecodeFromChars(header));
            var claims = JsonElement.Parse(Base64Url.DecodeFromChars(payload));
            var (issued, expires) = (
                DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("iat").GetInt64()),
                DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64())
            );
            return head.GetProperty("alg").GetString() == "RS256"
                && claims.GetProperty("iss").ToString()
                    == Id.ToString(System.Globalization.CultureInfo.InvariantCulture)
                && issued <= now
                && expires > now
                && expires <= now.AddMinutes(10)
                && key.VerifyData(
                    Encoding.ASCII.GetBytes($"{header}.{payload}"),
                    Base64Url.DecodeFromChars(signature),
                    HashAlgorithmName.SHA256,
                    RSASignaturePadding.Pkcs1
                );
        }
        catch (Exception fault)
            when (fault is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }
}
