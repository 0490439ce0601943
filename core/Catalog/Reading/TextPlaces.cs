namespace Devflow.ChatOps.Core.Catalog.Reading;

/// <summary>Finds places in a text that the YAML scanner does not report well.</summary>
internal static class TextPlaces
{
    /// <summary>The first character that YAML does not allow unescaped: https://yaml.org/spec/1.2.2/#51-character-set.</summary>
    public static Position? FirstControlCharacter(string text) =>
        Find(text, (at, _) => char.IsControl(text[at]) && text[at] is not ('\t' or '\n' or '\r' or '\u0085'));

    /// <summary>The first tab before anything else in its line.</summary>
    public static Position? FirstTabIndent(string text) =>
        Find(text, (at, start) => text[at] == '\t' && text.AsSpan(start, at - start).Trim(' ').IsEmpty);

    private static Position? Find(string text, Func<int, int, bool> isIt)
    {
        var (line, start) = (1, 0);
        for (var at = 0; at < text.Length; at++)
        {
            if (isIt(at, start))
            {
                return new(line, at - start + 1);
            }

            if (text[at] == '\n')
            {
                (line, start) = (line + 1, at + 1);
            }
        }

        return null;
    }
}
