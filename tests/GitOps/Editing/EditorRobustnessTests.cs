using System.Text;
using CsCheck;
using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;

namespace Devflow.ChatOps.Tests.GitOps.Editing;

/// <summary>Whatever a file contains, the editor has an answer.</summary>
public sealed class EditorRobustnessTests
{
    private static readonly ImageRelease release = new(ImageName.TryParse("registry.example.com/shop")!, "2.0.0", null);

    [Fact]
    public void Damaged_files_are_faults_and_never_exceptions()
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
        damage.Sample(
            (text, where, length, put) =>
            {
                var at = (int)(text.Length * where);
                var damaged = string.Concat(text.AsSpan(0, at), put, text.AsSpan(Math.Min(text.Length, at + length)));
                ImageEditor.Edit(Encoding.UTF8.GetBytes(damaged), release).ShouldNotBeNull();
            },
            iter: 5000
        );
    }

    [Fact]
    public void Where_the_parser_itself_gives_up_the_place_is_told()
    {
        var fault = ImageEditor
            .Edit("a: [1\nimage: registry.example.com/shop:1\n"u8.ToArray(), release)
            .ShouldBeOfType<EditResult.Fault>();
        fault.Line.ShouldBe(2);
        fault.Column.ShouldBeGreaterThan(0);
    }
}
