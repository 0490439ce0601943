using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>
/// Issues tokens to workflow runs as GitHub does: a discovery document, keys, RS256
/// (https://docs.github.com/actions/reference/security/oidc). Tokens are put together by hand, so that tests can have wrong ones.
/// </summary>
public sealed class StandInIssuer : IAsyncDisposable
{
    public const string Audience = "devflow";

    private readonly WebApplication app;
    private readonly List<(string Id, RSA Key)> keys = [];
    private readonly ConcurrentQueue<string> given = new();
    private readonly ConcurrentDictionary<string, JsonObject> runs = new();

    private StandInIssuer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", Discovery);
        app.MapGet("/.well-known/jwks", Keys);
        app.MapGet("/token", GiveToken);
        runs[RequestToken] = [];
        AddKey();
    }

    /// <summary>Its address, which its tokens name.</summary>
    public string Address { get; private set; } = "";

    /// <summary>What the discovery document calls it; its address unless a test says otherwise.</summary>
    public string? CallsItself { get; set; }

    /// <summary>It answers 503.</summary>
    public bool IsDown { get; set; }

    /// <summary>What the runner gives a step of the usual run as ACTIONS_ID_TOKEN_REQUEST_TOKEN.</summary>
    public string RequestToken { get; } = RandomNumberGenerator.GetHexString(40, lowercase: true);

    /// <summary>What the runner gives a step as ACTIONS_ID_TOKEN_REQUEST_URL.</summary>
    public string RequestUrl => Address + "/token?api-version=2.0";

    /// <summary>Tokens that were given to steps.</summary>
    public IReadOnlyCollection<string> Given => given;

    /// <summary>How often its keys were asked for.</summary>
    public int Asked { get; private set; }

    public static async Task<StandInIssuer> StartAsync()
    {
        var issuer = new StandInIssuer();
        await issuer.app.StartAsync();
        issuer.Address = issuer
            .app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Single();
        return issuer;
    }

    /// <summary>Lets the steps of a run ask for tokens.</summary>
    /// <param name="claims">What is said of the run; the rest is as in <see cref="Claims"/>.</param>
    /// <returns>What the runner gives them as ACTIONS_ID_TOKEN_REQUEST_TOKEN.</returns>
    public string BeginRun(JsonObject claims)
    {
        var request = RandomNumberGenerator.GetHexString(40, lowercase: true);
        runs[request] = claims;
        return request;
    }

    /// <summary>The run is over: it is given no more tokens.</summary>
    public void EndRun(string requestToken) => runs.TryRemove(requestToken, out _);

    /// <summary>From now on it signs with another key; the former ones stay known for a while.</summary>
    public void AddKey() => keys.Add(($"key-{keys.Count + 1}", RSA.Create(2048)));

    /// <summary>The claims of a run of the release workflow on main.</summary>
    public JsonObject Claims(DateTimeOffset now) =>
        new()
        {
            ["iss"] = Address,
            ["aud"] = Audience,
            ["sub"] = "repo:acme/my-app:ref:refs/heads/main",
            ["repository"] = "acme/my-app",
            ["repository_id"] = "123456",
            ["ref"] = "refs/heads/main",
            ["workflow_ref"] = "acme/my-app/.github/workflows/release.yml@refs/heads/main",
            ["actor"] = "alice-gh",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.AddMinutes(-10).ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
        };

    /// <summary>Signs claims; header, key and signature can be others than they should be.</summary>
    public string Sign(JsonObject claims, JsonObject? header = null, RSA? with = null)
    {
        var (id, key) = keys[^1];
        header ??= Header(id);
        var signed = $"{Encode(header)}.{Encode(claims)}";
        var signature = (with ?? key).SignData(
            Encoding.ASCII.GetBytes(signed),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Signs with the public key as a shared secret: what a careless verifier takes.</summary>
    public string SignWithPublicKeyAsSecret(JsonObject claims)
    {
        var header = Header(keys[^1].Id);
        header["alg"] = "HS256";
        var signed = $"{Encode(header)}.{Encode(claims)}";
        var secret = keys[^1].Key.ExportSubjectPublicKeyInfo();
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    public static JsonObject Header(string keyId) =>
        new()
        {
            ["alg"] = "RS256",
            ["typ"] = "JWT",
            ["kid"] = keyId,
        };

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        keys.ForEach(key => key.Key.Dispose());
    }

    private static string Encode(JsonObject part) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));

    private IResult Discovery() =>
        IsDown
            ? Results.StatusCode(503)
            : Results.Json(
                new JsonObject
                {
                    ["issuer"] = CallsItself ?? Address,
                    ["jwks_uri"] = Address + "/.well-known/jwks",
                    ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
                }
            );

    // As https://github.com/actions/toolkit asks (packages/core/src/oidc-utils.ts).
    private IResult GiveToken(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString().Split(' ', 2);
        if (header is not ["bearer", var requestToken] || !runs.TryGetValue(requestToken, out var run))
        {
            return Results.StatusCode(401);
        }

        var claims = Claims(TimeProvider.System.GetUtcNow());
        foreach (var (name, value) in run)
        {
            claims[name] = value?.DeepClone();
        }

        claims["aud"] = request.Query["audience"].ToString();
        var token = Sign(claims);
        given.Enqueue(token);
        return Results.Json(new JsonObject { ["count"] = 1, ["value"] = token });
    }

    private IResult Keys()
    {
        Asked++;
        return Results.Json(
            new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => (JsonNode?)Public(key.Id, key.Key))]) }
        );
    }

    private static JsonObject Public(string id, RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["alg"] = "RS256",
            ["kid"] = id,
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
    }
}
