using System.Text;
using CsCheck;
using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;
using Devflow.ChatOps.Tests.GitOps.Editing.Generated;

namespace Devflow.ChatOps.Tests.GitOps.Editing;

/// <summary>Whatever a file contains, the editor has an answer, and what it has edited is YAML that it need not edit again.</summary>
public sealed class EditorRobustnessTests
{
    private static readonly ImageName name = ImageName.TryParse("registry.example.com:5000/shop/web")!;
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private static readonly ImageRelease release = new(name, "2.0.0", null);
    private static readonly ImageRelease[] releases =
    [
        release,
        new(name, "2.0.0", Digest),
        new(name, null, Digest),
        new(name, "1.10", null),
    ];

    [Fact]
    public void Damaged_files_are_edited_or_refused_and_never_broken()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Editing", "Cases");
        var files = Directory
            .GetFiles(folder, "before.yaml", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllText)
            .ToArray();
        var damage = Gen.Select(
            Gen.OneOf<string>(files),
            Gen.Double[0, 1],
            Gen.Int[0, 6],
            Gen.OneOf<string>(
                "",
                "[",
                "{",
                "]",
                "}",
                ": ",
                "- ",
                "\n",
                "\t",
                "\"",
                "'",
                "&a ",
                "*a",
                "!t ",
                "|",
                ">",
                "---\n",
                "#",
                "%",
                "\0",
                "?",
                "\u0085"
            )
        );
        var edits = 0;
        Gen.Select(damage, Gen.OneOf<ImageRelease>(releases))
            .Sample(
                (damaged, image) =>
                {
                    var (text, where, length, put) = damaged;
                    var at = (int)(text.Length * where);
                    var file = string.Concat(text.AsSpan(0, at), put, text.AsSpan(Math.Min(text.Length, at + length)));
                    var result = ImageEditor.Edit(Encoding.UTF8.GetBytes(file), image);
                    if (result is not EditResult.Found { IsChanged: true } found)
                    {
                        result.ShouldNotBeNull();
                        return;
                    }

                    var after = Encoding.UTF8.GetString(found.Content);
                    // Some damage leaves a file that is YAML and still says nothing, such as a scalar as a merge key's value.
                    if (Record.Exception(() => YamlReading.Read(file)) is null)
                    {
                        Interlocked.Increment(ref edits);
                        Should.NotThrow(() => YamlReading.Read(after), after);
                    }

                    ImageEditor
                        .Edit(found.Content, image)
                        .ShouldBeOfType<EditResult.Found>(after)
                        .IsChanged.ShouldBeFalse(after);
                },
                iter: 8_000
            );
        edits.ShouldBeGreaterThan(1_000);
    }

    [Theory]
    [InlineData("image: !!st] registry.example.com:5000/shop/web:1\n")]
    [InlineData("%YAML 99999999999999999999.1\n---\nimage: registry.example.com:5000/shop/web:1\n")]
    [InlineData("image: !<> registry.example.com:5000/shop/web:1\n")]
    [InlineData("image: ! : &\n")]
    public void What_the_parser_stumbles_over_is_a_fault(string text) =>
        ImageEditor.Edit(Encoding.UTF8.GetBytes(text), release).ShouldBeOfType<EditResult.Fault>();

    [Fact]
    public void Merge_keys_of_merge_keys_are_each_looked_at_once()
    {
        var bomb = string.Concat(
            Enumerable
                .Range(0, 60)
                .Select(i => $"a{i}: &a{i} {{{(i == 0 ? "x: 1" : $"<<: [*a{i - 1} , *a{i - 1} ]")}}}\n")
        );
        var text = bomb + "image: {repository: registry.example.com:5000/shop/web, <<: *a59 }\n";
        ImageEditor
            .Edit(Encoding.UTF8.GetBytes(text), release)
            .ShouldBeOfType<EditResult.Found>()
            .IsChanged.ShouldBeTrue();
    }

    [Theory]
    [InlineData("\r")]
    [InlineData("\r\n")]
    public void An_added_line_ends_as_the_others_do(string lineBreak)
    {
        var text = string.Join(lineBreak, "image:", $"  repository: {name}", "  pullPolicy: Always", "other: 1");
        var found = ImageEditor.Edit(Encoding.UTF8.GetBytes(text), release).ShouldBeOfType<EditResult.Found>();
        Encoding
            .UTF8.GetString(found.Content)
            .ShouldBe(
                text.Replace(
                    $"{lineBreak}  pull",
                    $"{lineBreak}  tag: 2.0.0{lineBreak}  pull",
                    StringComparison.Ordinal
                )
            );
    }

    [Fact]
    public void Where_the_parser_itself_gives_up_the_place_is_told()
    {
        var fault = ImageEditor
            .Edit("a: [1\nimage: registry.example.com:5000/shop/web:1\n"u8.ToArray(), release)
            .ShouldBeOfType<EditResult.Fault>();
        fault.Line.ShouldBe(2);
        fault.Column.ShouldBeGreaterThan(0);
    }
}
