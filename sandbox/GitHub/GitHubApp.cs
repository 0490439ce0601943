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

    /// <summary>Its name in addresses.</summary>
    public string Slug => Login.EndsWith("[bot]", StringComparison.Ordinal) ? Login[..^"[bot]".Length] : Login;

    public IReadOnlySet<string> Repositories { get; }

    /// <summary>What its installation was granted.</summary>
    public GitHubPermissions Permissions { get; init; } = GitHubPermissions.OfReleases;

    /// <summary>One of the <see cref="Permissions"/>.</summary>
    public GitHubAccess Contents
    {
        get => Permissions.Contents;
        init => Permissions = Permissions with { Contents = value };
    }

    /// <summary>One of the <see cref="Permissions"/>.</summary>
    public GitHubAccess PullRequests
    {
        get => Permissions.PullRequests;
        init => Permissions = Permissions with { PullRequests = value };
    }

    /// <summary>
    /// The events that it subscribed to. <c>ping</c> and <c>installation</c> come in any case, and so do the presses of its
    /// own buttons where it may write checks.
    /// </summary>
    public IReadOnlySet<string> Events { get; init; } = new HashSet<string> { "check_run", "pull_request" };

    /// <summary>Where its events are sent; null: nowhere. It is often known only once the receiver listens.</summary>
    public Uri? WebhookAddress { get; set; }

    /// <summary>What its events are signed with; null: they are not. It can be replaced.</summary>
    public string? WebhookSecret { get; set; } = RandomNumberGenerator.GetHexString(40, lowercase: true);

    /// <summary>The private key as GitHub hands it out: PKCS#1 in PEM.</summary>
    public string PrivateKey => key.ExportRSAPrivateKeyPem();

    public long InstallationId => Id * 1000;

    /// <summary>Whether somebody's repositories are among those it is installed on.</summary>
    internal bool IsInstalledAt(string owner) =>
        Repositories.Any(name => name.StartsWith(owner + "/", StringComparison.OrdinalIgnoreCase));

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
