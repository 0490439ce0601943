using System.Security.Cryptography;
using Devflow.ChatOps.GitOps.GitHub;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>The service's own GitHub App. Without an id GitHub is not set up: Git is not written, and webhooks are refused.</summary>
public sealed class GitHubSettings
{
    /// <summary>Root of the REST API; <c>https://HOST/api/v3/</c> on GitHub Enterprise Server.</summary>
    public Uri ApiAddress { get; set; } = new("https://api.github.com/");

    /// <summary>The GraphQL endpoint; <c>https://HOST/api/graphql</c> on GitHub Enterprise Server.</summary>
    public Uri GraphQlAddress { get; set; } = new("https://api.github.com/graphql");

    /// <summary>Id of the App, or its client id.</summary>
    public string AppId { get; set; } = "";

    /// <summary>The App's private key, PEM.</summary>
    public string PrivateKey { get; set; } = "";

    /// <summary>Path of a file with the key, instead of <see cref="PrivateKey"/>.</summary>
    public string PrivateKeyFile { get; set; } = "";

    /// <summary>Secrets of the App's webhook, two while one is being replaced; without one every delivery is refused.</summary>
    public string[] WebhookSecrets { get; set; } = [];

    internal bool IsSetUp => AppId.Length > 0;

    /// <exception cref="InvalidOperationException">The settings were not checked: <see cref="Faults"/>.</exception>
    internal AppCredentials ToCredentials() =>
        new(AppId, ReadKey(out var fault) ?? throw new InvalidOperationException(fault));

    /// <summary>What is wrong with them; never with the key in it.</summary>
    internal IEnumerable<string> Faults()
    {
        if (!IsWebAddress(ApiAddress) || !IsWebAddress(GraphQlAddress))
        {
            yield return "Devflow:GitHub: ApiAddress and GraphQlAddress need https.";
        }

        if (!IsSetUp && (PrivateKey.Length > 0 || PrivateKeyFile.Length > 0 || WebhookSecrets.Length > 0))
        {
            yield return "Devflow:GitHub:AppId: missing, and the other settings mean nothing without it.";
        }
        else if (IsSetUp && ReadKey(out var fault) is null)
        {
            yield return fault;
        }

        if (WebhookSecrets.Length > 2)
        {
            yield return "Devflow:GitHub:WebhookSecrets: one, or two while one is being replaced.";
        }

        if (WebhookSecrets.Any(secret => secret.Length < ShortestSecret))
        {
            yield return $"Devflow:GitHub:WebhookSecrets: at least {ShortestSecret} characters each.";
        }
    }

    /// <summary>In characters; what is shorter can be guessed from one signed delivery.</summary>
    private const int ShortestSecret = 16;

    private string? ReadKey(out string fault)
    {
        fault = "";
        if (PrivateKey.Length > 0 == PrivateKeyFile.Length > 0)
        {
            fault = "Devflow:GitHub: the App's key is needed, either as PrivateKey or as PrivateKeyFile.";
            return null;
        }

        try
        {
            // A key in an environment variable often has its line breaks written out.
            var key =
                PrivateKeyFile.Length > 0
                    ? File.ReadAllText(PrivateKeyFile)
                    : PrivateKey.Replace("\\n", "\n", StringComparison.Ordinal);
            using var rsa = RSA.Create();
            rsa.ImportFromPem(key);
            return key;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"Devflow:GitHub:PrivateKeyFile: cannot be read: {e.Message}";
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            fault = "Devflow:GitHub: the App's private key is not one in PEM.";
        }

        return null;
    }

    private static bool IsWebAddress(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);
}
