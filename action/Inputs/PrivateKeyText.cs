namespace Devflow.ChatOps.Action.Inputs;

/// <summary>Private keys as they arrive from secret stores: some keep the line ends as the two characters <c>\n</c>.</summary>
internal static class PrivateKeyText
{
    public static string Of(string text) =>
        text.Contains('\n', StringComparison.Ordinal) ? text : text.Replace("\\n", "\n", StringComparison.Ordinal);
}
