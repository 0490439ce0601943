using System.Net.Http.Headers;
using k8s.Authentication;

namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>
/// A bearer token in a file that somebody else renews (a kubelet, a sidecar), read for each request: it is small, and
/// a token kept longer than the file is refused without need.
/// </summary>
internal sealed class TokenFile(string path) : ITokenProvider
{
    /// <inheritdoc />
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        var token = (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        return token.Length > 0
            ? new AuthenticationHeaderValue("Bearer", token)
            : throw new InvalidDataException("The token file is empty.");
    }
}
