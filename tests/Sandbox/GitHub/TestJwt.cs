using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub;

internal static class TestJwt
{
    /// <summary>What an App shows itself with.</summary>
    public static string Of(GitHubApp app, DateTimeOffset now)
    {
        static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
        var seconds = now.ToUnixTimeSeconds();
        var signed =
            Encode("""{"alg":"RS256","typ":"JWT"}""")
            + "."
            + Encode($$"""{"iat":{{seconds - 60}},"exp":{{seconds + 540}},"iss":"{{app.Id}}"}""");
        using var key = RSA.Create();
        key.ImportFromPem(app.PrivateKey);
        var signature = key.SignData(
            Encoding.ASCII.GetBytes(signed),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }
}
