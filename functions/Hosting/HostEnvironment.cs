using System.Globalization;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>
/// Which host runs the process. The Azure Functions host names the port in an environment variable, kills without a
/// signal, and keeps no promise after a response; alone, the loop runs in the background.
/// </summary>
/// <param name="FunctionsPort">Where the Functions host calls; <c>null</c> alone, 0 when the variable is no port.</param>
/// <param name="OnAzure">It is one instance of several in Azure.</param>
public sealed record HostEnvironment(int? FunctionsPort, bool OnAzure)
{
    /// <summary>https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers.</summary>
    public const string PortVariable = "FUNCTIONS_CUSTOMHANDLER_PORT";

    public bool UnderFunctions => FunctionsPort is not null;

    public static HostEnvironment Read(Func<string, string?> variable) =>
        new(
            variable(PortVariable) is { Length: > 0 } text ? Port(text) : null,
            !string.IsNullOrEmpty(variable("WEBSITE_INSTANCE_ID"))
        );

    private static int Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65_535 ? port : 0;
}
