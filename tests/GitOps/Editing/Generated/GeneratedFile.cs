namespace Devflow.ChatOps.Tests.GitOps.Editing.Generated;

/// <summary>Documents in one file, with the line ends, marks and separators that files have.</summary>
internal static class GeneratedFile
{
    public static string Write(
        Choices choices,
        FileGenerator generator,
        YamlWriter writer,
        params ReadOnlySpan<FileKind> kinds
    )
    {
        var documents = new List<string>();
        for (var left = choices.Of(1, 1, 2, 3); left > 0; left--)
        {
            documents.Add(writer.Write(generator.Document(choices.Of(kinds))));
        }

        var text =
            choices.Of("", "---\n", "# first\n--- # one\n") + string.Join(choices.Of("---\n", "...\n---\n"), documents);
        text = choices.OneIn(4) ? text.TrimEnd('\n') : text;
        text = choices.OneIn(4) ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text;
        return choices.OneIn(4) ? "\uFEFF" + text : text;
    }
}
