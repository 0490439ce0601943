using System.Diagnostics;
using System.Text;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Sandbox.Kubernetes;

/// <summary>Runs kubectl against a stand-in, with a home of its own so that no cache is shared.</summary>
internal sealed class Kubectl : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("kubectl-").FullName;

    public Kubectl(ApiServer server, string? token = null)
    {
        if (!IsInstalled)
        {
            Assert.Skip("kubectl is not installed here");
        }

        server.WriteKubeconfig(Path.Combine(home, "config"), token, "shop");
    }

    private static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, "kubectl")));

    /// <summary>Runs to the end; fails the test if kubectl fails.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, errors) = await TryAsync(null, arguments);
        code.ShouldBe(0, $"kubectl {string.Join(' ', arguments)}: {errors}");
        return output;
    }

    public async Task<(int Code, string Output, string Errors)> TryAsync(string? input, params string[] arguments)
    {
        using var process = Start(arguments);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Follows the lines of a command that does not end by itself, and ends it.</summary>
    public async IAsyncEnumerable<string> FollowAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        try
        {
            while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                yield return line;
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => Directory.Delete(home, recursive: true);

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HOME"] = home;
        start.Environment["KUBECONFIG"] = Path.Combine(home, "config");
        // kubectl on some systems is a dispatcher that looks for other versions in the network.
        start.Environment["NO_PROXY"] = "127.0.0.1,localhost";
        return Process.Start(start)!;
    }
}
