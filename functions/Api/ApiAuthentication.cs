using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>
/// Verifies bearer tokens: OIDC tokens of GitHub Actions (issuer, our audience, signature, expiry), and hashed tokens of
/// people of the catalog. Whatever cannot be verified is nobody.
/// </summary>
public sealed partial class ApiAuthentication(
    DevflowOptions options,
    IssuerKeys keys,
    CatalogSource catalogs,
    TimeProvider clock,
    ILogger<ApiAuthentication> log
)
{
    private static readonly TimeSpan clockSkew = TimeSpan.FromSeconds(30);

    private readonly ApiSettings settings = options.Api;
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly (byte[] Hash, ApiToken Token)[] tokens =
    [
        .. options.Api.Tokens.Select(token => (Convert.FromHexString(token.Sha256), token)),
    ];

    /// <summary>The caller, or <c>null</c>.</summary>
    /// <exception cref="IssuerUnavailableException">A workflow's token cannot be verified at the moment.</exception>
    public async Task<ApiCaller?> AuthenticateAsync(HttpRequest request, CancellationToken stop)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) || header.Length is < 20 or > 16_384)
        {
            return null;
        }

        var token = header[scheme.Length..].Trim();
        return Holder(token) ?? (ApiCaller?)await WorkflowAsync(token, stop);
    }

    private ApiCaller.Holder? Holder(string token)
    {
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        ApiToken? found = null;
        foreach (var (hash, known) in tokens)
        {
            found = CryptographicOperations.FixedTimeEquals(given, hash) ? known : found;
        }

        return
            found is { Expires: { } end }
            && clock.GetUtcNow() < end
            && catalogs.Current?.FindPerson(found.Person) is { } person
            ? new ApiCaller.Holder(person, found.Name, found.Scopes)
            : null;
    }

    private async Task<ApiCaller.Workflow?> WorkflowAsync(string token, CancellationToken stop)
    {
        if (settings.Audience.Length == 0 || Read(token) is not { } read)
        {
            return null;
        }

        // Before anything is asked of the issuer: what names another issuer, key or algorithm is not worth a request.
        if (
            read.Issuer.TrimEnd('/') != settings.Issuer.TrimEnd('/')
            || read.Alg != SecurityAlgorithms.RsaSha256
            || read.Kid is not { Length: > 0 } keyId
        )
        {
            NotValid("issuer, algorithm or key id");
            return null;
        }

        if (await keys.FindAsync(keyId, stop) is not { } key)
        {
            NotValid("unknown key");
            return null;
        }

        var result = await handler.ValidateTokenAsync(read, Parameters(read.Issuer, key));
        if (!result.IsValid)
        {
            NotValid(result.Exception?.GetType().Name ?? "unknown");
            return null;
        }

        return CallerOf(result.Claims);
    }

    private static ApiCaller.Workflow? CallerOf(IDictionary<string, object> claims)
    {
        string? Claim(string name) =>
            claims.TryGetValue(name, out var value)
                ? value as string ?? Convert.ToString(value, CultureInfo.InvariantCulture)
                : null;
        return
            Claim("repository") is { Length: > 0 } repository
            && long.TryParse(
                Claim("repository_id"),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var repositoryId
            )
            && Claim("ref") is { Length: > 0 } gitRef
            && Claim("workflow_ref") is { Length: > 0 } workflow
            && Claim("actor") is { Length: > 0 } actor
            ? new ApiCaller.Workflow(repository, repositoryId, gitRef, workflow, actor) { Sha = Claim("sha") }
            : null;
    }

    private JsonWebToken? Read(string token)
    {
        try
        {
            var read = handler.CanReadToken(token) ? handler.ReadJsonWebToken(token) : null;
            // A token with five parts is encrypted, which the issuer never does.
            return read is { IsEncrypted: false } ? read : null;
        }
        catch (Exception fault) when (fault is ArgumentException or SecurityTokenException)
        {
            NotValid(fault.GetType().Name);
            return null;
        }
    }

    private TokenValidationParameters Parameters(string issuer, SecurityKey key) =>
        new()
        {
            ValidIssuer = issuer,
            ValidAudience = settings.Audience,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            IssuerSigningKey = key,
            TryAllIssuerSigningKeys = false,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            LifetimeValidator = (from, until, _, _) =>
                until > clock.GetUtcNow().UtcDateTime - clockSkew
                && (from is null || from < clock.GetUtcNow().UtcDateTime + clockSkew),
        };

    [LoggerMessage(LogLevel.Warning, "A workflow's token was refused: {Why}")]
    private partial void NotValid(string why);
}
