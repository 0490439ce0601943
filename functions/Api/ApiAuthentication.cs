using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>
/// Verifies bearer tokens: OIDC tokens of GitHub Actions (issuer, our audience, signature, expiry), and hashed tokens of
/// people of the catalog. Whatever cannot be verified is nobody.
/// </summary>
public sealed partial class ApiAuthentication
{
    private readonly ApiSettings settings;
    private readonly CatalogSource catalogs;
    private readonly TimeProvider clock;
    private readonly ILogger<ApiAuthentication> log;
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly TokenValidationParameters? parameters;
    private readonly (byte[] Hash, ApiToken Token)[] tokens;

    public ApiAuthentication(
        DevflowOptions options,
        CatalogSource catalogs,
        TimeProvider clock,
        ILogger<ApiAuthentication> log
    )
    {
        (settings, this.catalogs, this.clock, this.log) = (options.Api, catalogs, clock, log);
        tokens = [.. settings.Tokens.Select(token => (Convert.FromHexString(token.Sha256), token))];
        parameters = settings.Audience.Length == 0 ? null : Parameters();
    }

    /// <summary>The caller, or <c>null</c>.</summary>
    public async Task<ApiCaller?> AuthenticateAsync(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) || header.Length is < 20 or > 16_384)
        {
            return null;
        }

        var token = header[scheme.Length..].Trim();
        return token.Count(c => c == '.') == 2 ? await WorkflowAsync(token) : Holder(token);
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

    private async Task<ApiCaller.Workflow?> WorkflowAsync(string token)
    {
        if (parameters is null)
        {
            return null;
        }

        var result = await handler.ValidateTokenAsync(token, parameters);
        if (!result.IsValid)
        {
            NotValid(result.Exception?.GetType().Name ?? "unknown");
            return null;
        }

        string? Claim(string name) =>
            result.Claims.TryGetValue(name, out var value) ? value as string ?? value?.ToString() : null;
        return
            Claim("repository") is { } repository
            && long.TryParse(Claim("repository_id"), CultureInfo.InvariantCulture, out var repositoryId)
            && Claim("ref") is { } gitRef
            && Claim("workflow_ref") is { } workflow
            && Claim("actor") is { } actor
            ? new ApiCaller.Workflow(
                repository,
                repositoryId,
                gitRef,
                workflow,
                actor,
                Claim("run_id") ?? "",
                int.TryParse(Claim("run_attempt"), CultureInfo.InvariantCulture, out var attempt) ? attempt : 1
            )
            : null;
    }

    private TokenValidationParameters Parameters()
    {
        var issuer = settings.Issuer.TrimEnd('/');
        var isLocal = new Uri(issuer).IsLoopback;
        return new TokenValidationParameters
        {
            ValidIssuer = issuer,
            ValidAudience = settings.Audience,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = TimeSpan.FromSeconds(30),
            LifetimeValidator = (from, until, _, given) =>
                until > clock.GetUtcNow().UtcDateTime - given.ClockSkew
                && (from is null || from < clock.GetUtcNow().UtcDateTime + given.ClockSkew),
            ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
                issuer + "/.well-known/openid-configuration",
                new OpenIdConnectConfigurationRetriever(),
                new HttpDocumentRetriever { RequireHttps = !isLocal }
            ),
        };
    }

    [LoggerMessage(LogLevel.Warning, "A workflow's token was refused: {Why}")]
    private partial void NotValid(string why);
}
