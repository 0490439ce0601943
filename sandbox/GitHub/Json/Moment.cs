using System.Globalization;

namespace Devflow.ChatOps.Sandbox.GitHub.Json;

/// <summary>Times as GitHub writes them: UTC, whole seconds.</summary>
internal static class Moment
{
    public static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string? Text(DateTimeOffset? at) => at is { } given ? Text(given) : null;
}
