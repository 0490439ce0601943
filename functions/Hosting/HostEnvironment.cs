using System.Globalization;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>
/// Which host runs the process. The Azure Functions host names the port in an environment variable, kills without a
/// signal, and keeps no promise after a response; alone, the loop runs in the background.
/// </summary>
public sealed record HostEnvironment(int? FunctionsPort, bool OnAzure)
{
    /// <summary>https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers.</summary>
    public const string PortVariable = "FUNCTIONS_CUSTOMHANDLER_PORT";

    public bool UnderFunctions => FunctionsPort is not null;

    public static HostEnvironment Read(Func<string, string?> variable) =>
        new(
            int.TryParse(variable(PortVariable), CultureInfo.InvariantCulture, out var port) ? port : null,
            !string.IsNullOrEmpty(variable("WEBSITE_INSTANCE_ID"))
        );
}
