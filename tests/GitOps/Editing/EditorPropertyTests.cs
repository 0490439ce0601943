using System.Globalization;
using System.Text;
using CsCheck;
using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;
using YamlDotNet.RepresentationModel;

namespace Devflow.ChatOps.Tests.GitOps.Editing;

/// <summary>
/// Files are made of pieces of which some are the values to be changed. Whatever they are made of, the edited file is the
/// same pieces with the new value in those places, and YAML's own reader sees the same.
/// </summary>
public sealed class EditorPropertyTests
{
    private const string Ours = "registry.example.com:5000/shop/web";
    private static readonly ImageName name = ImageName.TryParse(Ours)!;

    private static readonly Gen<string> tags = Gen.OneOf(
        Gen.OneOf("1.5.0", "1.10", "7", "latest", "v2", "20240101", "1e3", "true", "0123", "a.b-c_d"),
        Gen.Char["abcdefXYZ0123456789"].Array[1, 12].Select(letters => new string(letters))
    );

    private static readonly Gen<string> comments = Gen.OneOf(
        "",
        "",
        "   # by hand",
        "  # image: " + Ours + ":0",
        " # ‰ umlaut ü and \uD83D\uDE80",
        "\t# after a tab"
    );

    private static readonly Gen<char?> quotes = Gen.OneOf<char?>(null, '\'', '"');

    private static readonly Gen<string> fillers = Gen.OneOf(
        "",
        "\n",
        "# newTag: 0\n",
        "note: |\n  newTag: 1.4.0\n\n  image: " + Ours + ":1.4.0\n",
        "text: >-\n  folded " + Ours + "\n",
        "flow: {a: [1, 2, {b: \"c # d\"}], newTag: 0}\n",
        "empty:\n",
        "\"quoted key\": 'it''s'\n",
        "list:\n- a\n-   - b\n    - c\n"
    );

    /// <summary>An entry of a kustomization: ours, with a tag, or another.</summary>
    private static readonly Gen<Piece[]> entries =
        from isOurs in Gen.Bool
        from quote in quotes
        from comment in comments
        from indentation in Gen.Int[0, 5]
        from nameLast in Gen.Bool
        from old in tags
        let pad = new string(' ', indentation)
        let own = isOurs ? Ours : "redis"
        let tag = new[] { new Piece("newTag: "), new Piece(old, quote, isOurs), new Piece(comment + "\n") }
        select nameLast
            ? (Piece[])[new(pad + "- "), .. tag, new($"{pad}  name: {own}\n")]
            : [new($"{pad}- name: {own}{comment}\n{pad}  "), .. tag];

    private static readonly Gen<Piece[]> kustomizations =
        from before in fillers.Array[0, 3]
        from entry in entries
        from count in Gen.Int[1, 3]
        from after in fillers.Array[0, 2]
        select (Piece[])
            [
                new("kind: Kustomization\n" + Distinct(before, "x") + "images:\n"),
                .. Enumerable.Repeat(entry, count).SelectMany(pieces => pieces),
                new(Distinct(after, "y")),
            ];

    [Fact]
    public void In_kustomizations_nothing_but_the_tags_changes() =>
        Gen.Select(kustomizations, tags, Gen.OneOf("\n", "\r\n"), Gen.Bool, Gen.Bool)
            .Sample(
                (pieces, tag, newline, bom, lastNewline) =>
                {
                    string File(string? changed)
                    {
                        var text = string.Concat(pieces.Select(piece => piece.Write(changed)));
                        text = lastNewline ? text : text.TrimEnd('\n');
                        return (bom ? "\uFEFF" : "") + text.Replace("\n", newline, StringComparison.Ordinal);
                    }

                    var result = ImageEditor.Edit(
                        Encoding.UTF8.GetBytes(File(null)),
                        new ImageRelease(name, tag, null)
                    );
                    if (!pieces.Any(piece => piece.IsTag))
                    {
                        result.ShouldBeOfType<EditResult.NotFound>();
                        return;
                    }

                    var edited = Encoding.UTF8.GetString(result.ShouldBeOfType<EditResult.Found>().Content);
                    edited.ShouldBe(File(tag));
                    Tags(edited).ShouldAllBe(found => found == tag);
                },
                iter: 2_000
            );

    private static IEnumerable<string> Tags(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text.TrimStart('\uFEFF')));
        var images = (YamlSequenceNode)yaml.Documents[0].RootNode["images"];
        return images
            .Children.Where(entry => ((YamlScalarNode)entry["name"]).Value == Ours)
            .Select(entry => ((YamlScalarNode)entry["newTag"]).Value!);
    }

    /// <summary>Keys may stand only once in a mapping.</summary>
    private static string Distinct(string[] fillers, string suffix) =>
        string.Concat(fillers.Distinct().Select(filler => Keyed(filler, suffix)));

    private static string Keyed(string filler, string suffix)
    {
        var colon = filler.IndexOf(':', StringComparison.Ordinal);
        return filler.StartsWith('#') || colon < 0 ? filler
            : filler.StartsWith('"') ? $"\"{suffix} {filler[1..]}"
            : $"{suffix}-{filler}";
    }

    private sealed record Piece(string Text, char? Quote = null, bool IsTag = false)
    {
        /// <summary>As it is, or with the new tag; a plain tag that would be read as something else is quoted.</summary>
        public string Write(string? changed)
        {
            var isPlain = Quote is null && (!IsTag || changed is null || IsText(changed));
            var quote = Text.Length == 0 || !(IsTag || Quote is not null) || isPlain ? "" : (Quote ?? '"').ToString();
            return quote + (IsTag && changed is not null ? changed : Text) + quote;
        }

        // By the rules of YAML 1.1, which kustomize and Helm read: https://yaml.org/type/.
        private static bool IsText(string tag) =>
            !double.TryParse(tag, CultureInfo.InvariantCulture, out _)
            && !IsWhole(tag, "0b", 2)
            && !IsWhole(tag, "0x", 16)
            && tag.ToUpperInvariant()
                is not ("TRUE" or "Y" or "N" or "ON" or "NO" or "OFF" or "YES" or "FALSE" or "NULL");

        private static bool IsWhole(string tag, string prefix, int radix) =>
            tag.Length > prefix.Length
            && tag.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            && tag[prefix.Length..].All(letter => "0123456789abcdef"[..radix].Contains(char.ToLowerInvariant(letter)));
    }
}
