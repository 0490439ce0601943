using System.Globalization;
using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Core.Catalog.Reading;

/// <summary>Puts words of the file into messages.</summary>
internal static class Quote
{
    private const int Longest = 80;

    public static string Of(string text) => $"\"{OutsideText.Line(text, Longest)}\"";

    public static string Line(int line) => string.Create(CultureInfo.InvariantCulture, $"line {line}");
}
