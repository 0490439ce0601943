using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>
/// The signing keys of the issuer of workflow tokens, from its discovery document. Kept for a while, and asked for again
/// when a token names a key that is not among them, since issuers replace keys without a word; but seldom enough that
/// tokens of nobody cannot make us hammer the issuer.
/// </summary>
public sealed partial class IssuerKeys : IDisposable
{
    private static readonly TimeSpan freshFor = TimeSpan.FromHours(1);

    /// <summary>While the issuer does not answer, keys that it vouched for so long ago are still taken.</summary>
    private static readonly TimeSpan goodFor = TimeSpan.FromHours(24);

    private static readonly TimeSpan askAgainAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(5);

    private readonly string issuer;
    private readonly TimeProvider clock;
    private readonly ILogger<IssuerKeys> log;
    private readonly HttpClient http;
    private readonly HttpDocumentRetriever documents;
    private readonly SemaphoreSlim gate = new(1);
    private volatile Known? known;
    private DateTimeOffset askedAt = DateTimeOffset.MinValue;

    /// <summary>Keys of this issuer, an https URL (http on the loopback interface).</summary>
    public IssuerKeys(string issuer, TimeProvider clock, ILogger<IssuerKeys> log)
    {
        (this.issuer, this.clock, this.log) = (issuer.TrimEnd('/'), clock, log);
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            Timeout = patience,
            MaxResponseContentBufferSize = 1024 * 1024,
        };
        documents = new HttpDocumentRetriever(http) { RequireHttps = !new Uri(this.issuer).IsLoopback };
    }

    /// <summary>The key of this id; none when the issuer does not have it.</summary>
    /// <exception cref="IssuerUnavailableException">The issuer does not answer, and what it said before is too old.</exception>
    public async Task<SecurityKey?> FindAsync(string keyId, CancellationToken stop)
    {
        if (known is { } now && now.At + freshFor > clock.GetUtcNow() && now.Find(keyId) is { } key)
        {
            return key;
        }

        await gate.WaitAsync(stop);
        try
        {
            // Whoever waited here may find the work done.
            if (known?.Find(keyId) is { } fresh && known!.At + freshFor > clock.GetUtcNow())
            {
                return fresh;
            }

            if (clock.GetUtcNow() - askedAt >= askAgainAfter)
            {
                askedAt = clock.GetUtcNow();
                await AskAsync(stop);
            }

            return known is { } latest && latest.At + goodFor > clock.GetUtcNow()
                ? latest.Find(keyId)
                : throw new IssuerUnavailableException();
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        http.Dispose();
        gate.Dispose();
    }

    private async Task AskAsync(CancellationToken stop)
    {
        try
        {
            var said = await OpenIdConnectConfigurationRetriever.GetAsync(
                issuer + "/.well-known/openid-configuration",
                documents,
                stop
            );
            if (said.Issuer?.TrimEnd('/') != issuer)
            {
                OtherIssuer(issuer);
                return;
            }

            known = new Known(clock.GetUtcNow(), [.. said.SigningKeys]);
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            // The library throws what its parsers throw; whatever it was, there are no new keys.
            NoAnswer(issuer, fault.GetBaseException().Message);
        }
    }

    private sealed record Known(DateTimeOffset At, IReadOnlyList<SecurityKey> Keys)
    {
        public SecurityKey? Find(string keyId) => Keys.FirstOrDefault(key => key.KeyId == keyId);
    }

    [LoggerMessage(LogLevel.Warning, "The issuer {Issuer} did not tell its keys: {Reason}")]
    private partial void NoAnswer(string issuer, string reason);

    [LoggerMessage(LogLevel.Error, "The discovery document of {Issuer} names another issuer; its keys are not used.")]
    private partial void OtherIssuer(string issuer);
}

/// <summary>The issuer's keys cannot be had, so no token of it can be verified.</summary>
public sealed class IssuerUnavailableException() : Exception("The issuer's keys cannot be had.");
