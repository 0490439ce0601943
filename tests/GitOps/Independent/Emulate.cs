using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Devflow.ChatOps.GitOps.GitHub;

namespace Devflow.ChatOps.Tests.GitOps.Independent;

/// <summary>The package <c>emulate</c>: a GitHub stand-in that knows nothing of us. It has no GraphQL.</summary>
internal sealed class Emulate : IAsyncDisposable
{
    private const string Token = "test_token_admin";

    private readonly Process process;
    private readonly string folder;

    private Emulate(Process process, string folder, Uri address) =>
        (this.process, this.folder, Address) = (process, folder, address);

    public Uri Address { get; }

    /// <summary>Starts it with one repository, <c>octocat/gitops</c>, that has a README.</summary>
    public static async Task<Emulate> StartAsync()
    {
        var script = NodePackages.Find("emulate/dist/index.js");
        var folder = Directory.CreateTempSubdirectory("emulate-").FullName;
        var seed = Path.Combine(folder, "seed.yaml");
        await File.WriteAllTextAsync(
            seed,
            $$"""
            github:
              users:
                - login: octocat
              repos:
                - { owner: octocat, name: gitops, auto_init: true }
            tokens:
              {{Token}}: { login: octocat, scopes: [repo] }
            """,
            TestContext.Current.CancellationToken
        );
        var port = FreePort();
        var start = new ProcessStartInfo(NodePackages.Node())
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            ArgumentList = { script, "start", "-s", "github", "--port", $"{port}", "--seed", seed },
        };
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains("Config:", StringComparison.Ordinal))
            {
                return new Emulate(process, folder, new Uri($"http://localhost:{port}/"));
            }
        }

        throw new InvalidOperationException("emulate ended before it had started.");
    }

    public GitHubConnection Connect() =>
        new(Address, new Uri(Address, "graphql"), () => Task.FromResult(Token), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
