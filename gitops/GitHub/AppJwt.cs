using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>
/// The token with which a GitHub App proves itself
/// (https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app).
/// </summary>
internal static class AppJwt
{
    /// <summary>GitHub's clock may be behind ours.</summary>
    private static readonly TimeSpan backdated = TimeSpan.FromSeconds(60);

    /// <summary>GitHub takes ten minutes at most.</summary>
    private static readonly TimeSpan lifetime = TimeSpan.FromMinutes(9);

    public static string Sign(string appId, string privateKey, DateTimeOffset now)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(privateKey);
        var payload = new JsonObject
        {
            ["iat"] = (now - backdated).ToUnixTimeSeconds(),
            ["exp"] = (now + lifetime).ToUnixTimeSeconds(),
            ["iss"] = appId,
        };
        var signed = $"{Encode("""{"alg":"RS256","typ":"JWT"}""")}.{Encode(payload.ToJsonString())}";
        var signature = rsa.SignData(
            Encoding.ASCII.GetBytes(signed),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
