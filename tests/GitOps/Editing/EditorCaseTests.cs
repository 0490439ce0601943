using System.Text;
using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;
using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.Tests.GitOps.Editing;

/// <summary>
/// A folder per case: what to write (<c>edit.txt</c>), <c>before.yaml</c>, and <c>after.yaml</c>, <c>fault.txt</c> or
/// <c>not-found.txt</c>. Each is also run with Windows line ends, with a byte order mark and without the last newline.
/// </summary>
public sealed class EditorCaseTests
{
    private static readonly string folder = Path.Combine(AppContext.BaseDirectory, "Editing", "Cases");

    public static TheoryData<string, string> Cases =>
        new(
            from name in Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)!).Order()
            from variant in new[] { "as it is", "CRLF", "BOM", "no last newline" }
            select (name, variant)
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_image_is_put_in_and_nothing_else_changes(string name, string variant)
    {
        var before = Bytes(Read(name, "before.yaml")!, variant);
        var (release, path) = Wish(Read(name, "edit.txt")!);

        var result = ImageEditor.Edit(before, release, path);

        if (Read(name, "fault.txt") is { } fault)
        {
            var found = result.ShouldBeOfType<EditResult.Fault>();
            if (variant != "no last newline")
            {
                $"{found.Line}:{found.Column}: {found.Message}".ShouldBe(fault.TrimEnd());
            }
        }
        else if (Read(name, "not-found.txt") is { } others)
        {
            result
                .ShouldBeOfType<EditResult.NotFound>()
                .Others.ShouldBe(others.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        else
        {
            var edited = result.ShouldBeOfType<EditResult.Found>();
            var after = Bytes(Read(name, "after.yaml")!, variant);
            Encoding.UTF8.GetString(edited.Content).ShouldBe(Encoding.UTF8.GetString(after));
            edited.IsChanged.ShouldBe(!before.SequenceEqual(after));
            edited.Places.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void A_file_that_is_not_UTF_8_is_refused() =>
        ImageEditor
            .Edit([0x61, 0xFF, 0xFE], new ImageRelease(ImageName.TryParse("web")!, "1", null))
            .ShouldBe(new EditResult.Fault(0, 0, "Not UTF-8."));

    private static byte[] Bytes(string text, string variant) =>
        Encoding.UTF8.GetBytes(
            variant switch
            {
                "CRLF" => text.Replace("\n", "\r\n", StringComparison.Ordinal),
                "BOM" => "\uFEFF" + text,
                "no last newline" => text.TrimEnd('\n'),
                _ => text,
            }
        );

    private static (ImageRelease Release, YamlPath? Path) Wish(string text)
    {
        var wish = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(": ", 2))
            .ToDictionary(parts => parts[0], parts => parts[1]);
        var release = new ImageRelease(
            ImageName.TryParse(wish["image"]).ShouldNotBeNull(),
            wish.GetValueOrDefault("tag"),
            wish.GetValueOrDefault("digest")
        );
        return (release, wish.TryGetValue("path", out var path) ? YamlPath.TryParse(path).ShouldNotBeNull() : null);
    }

    private static string? Read(string name, string file) =>
        Path.Combine(folder, name, file) is var path && File.Exists(path) ? File.ReadAllText(path) : null;
}
