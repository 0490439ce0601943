using System.Globalization;

namespace Devflow.ChatOps.Sandbox.World;

/// <summary>What was asked for on the command line.</summary>
public abstract record SandboxArguments
{
    /// <summary>Port of the page unless another is asked for.</summary>
    public const int DefaultPort = 5080;

    /// <summary>How the program is called.</summary>
    public const string Usage = """
        Devflow ChatOps sandbox: a whole blue/green release on one machine.

          dotnet run --project sandbox                    the page, at http://127.0.0.1:5080
          dotnet run --project sandbox -- demo            releases, approvals and rollbacks without hands, then ends

          --port N      port of the page (default 5080; 0 takes a free one)
          --data DIR    where everything is kept (default .devflow/sandbox)
          --fresh       start over instead of going on where the last run stopped
          --self-heal   Argo CD takes back, after 5 s, what Git does not ask for
          --verbose     show the service's log
        """;

    private SandboxArguments() { }

    /// <summary>Run until Ctrl+C.</summary>
    /// <param name="Port">Port of the page on the loopback interface; 0 takes a free one.</param>
    /// <param name="Data">Folder of everything that is kept.</param>
    /// <param name="Fresh">Whether to forget what was kept.</param>
    /// <param name="Verbose">Whether to print the service's log.</param>
    public sealed record Run(int Port, string Data, bool Fresh, bool Verbose) : SandboxArguments
    {
        /// <summary>Whether Argo CD takes back what Git does not ask for.</summary>
        public bool SelfHeal { get; init; }
    }

    /// <summary>Show it without hands.</summary>
    /// <param name="Verbose">Whether to print the service's log in between.</param>
    public sealed record Demo(bool Verbose) : SandboxArguments;

    /// <summary>Print <see cref="Usage"/>.</summary>
    public sealed record Help : SandboxArguments;

    /// <summary>It cannot be understood.</summary>
    /// <param name="Problem">One sentence.</param>
    public sealed record Wrong(string Problem) : SandboxArguments;

    /// <summary>Reads the command line.</summary>
    public static SandboxArguments Parse(IReadOnlyList<string> args)
    {
        var run = new Run(DefaultPort, Path.Combine(".devflow", "sandbox"), Fresh: false, Verbose: false);
        var isDemo = false;
        for (var i = 0; i < args.Count; i++)
        {
            var value = i + 1 < args.Count ? args[i + 1] : null;
            switch (args[i])
            {
                case "demo" when i == 0:
                    isDemo = true;
                    break;
                case "--help" or "-h":
                    return new Help();
                case "--verbose":
                    run = run with { Verbose = true };
                    break;
                case "--self-heal" when !isDemo:
                    run = run with { SelfHeal = true };
                    break;
                case "--fresh" when !isDemo:
                    run = run with { Fresh = true };
                    break;
                case "--data" when !isDemo:
                    if (string.IsNullOrWhiteSpace(value))
                    {
                        return new Wrong("--data needs a folder.");
                    }

                    run = run with { Data = value };
                    i++;
                    break;
                case "--port" when !isDemo:
                    if (!int.TryParse(value, CultureInfo.InvariantCulture, out var port) || port is < 0 or > 65535)
                    {
                        return new Wrong("--port needs a number from 0 to 65535.");
                    }

                    run = run with { Port = port };
                    i++;
                    break;
                case var other:
                    return new Wrong(isDemo ? $"The demo knows no {other}." : $"There is no option {other}.");
            }
        }

        return isDemo ? new Demo(run.Verbose) : run;
    }
}
