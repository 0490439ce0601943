using System.Text;
using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;
using Devflow.ChatOps.Tests.GitOps.Editing.Generated;

namespace Devflow.ChatOps.Tests.GitOps.Editing;

/// <summary>
/// Files of every kind, written in every way: all bytes are the same but for the values that a release is about, and an
/// independent reader sees those values as they should be. Where they are written it is that reader who says, before and after.
/// </summary>
public sealed class EditedBytesTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const int Files = 700;
    private static readonly ImageName name = ImageName.TryParse(FileGenerator.Ours)!;

    public static TheoryData<string> Kinds => [.. Enum.GetNames<FileKind>()];

    [Theory, MemberData(nameof(Kinds))]
    public void No_byte_changes_but_those_of_the_version(string kind)
    {
        Enumerable
            .Range(0, Files)
            .AsParallel()
            .Count(seed => IsCompared(Enum.Parse<FileKind>(kind), seed))
            .ShouldBeGreaterThan(Files * 2 / 7);
    }

    /// <summary>Whether there was an edit whose bytes could be compared.</summary>
    private static bool IsCompared(FileKind kind, int seed)
    {
        var choices = new Choices(seed);
        var generator = new FileGenerator(choices);
        var writer = new YamlWriter(choices);
        var text = GeneratedFile.Write(choices, generator, writer, kind);
        var release = new ImageRelease(
            name,
            choices.Of("1.5.0", "1.10", "7", "true", "a.b-c_d"),
            choices.OneIn(2) ? Digest : null
        );
        if (
            generator.HasAliases
            || generator.HasMergeKeys
            || ImageEditor.Edit(Encoding.UTF8.GetBytes(text), release) is not EditResult.Found { IsChanged: true } found
        )
        {
            return false;
        }

        var edited = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(found.Content);
        var told = $"seed {seed}\n{text}\n== edited ==\n{edited}";
        var expected = YamlReading.Read(text);
        var before = YamlReading.Scalars(expected).ToDictionary(scalar => scalar.Path, scalar => scalar.Value);
        expected.ForEach(new ExpectedRelease(release).Apply);
        var after = YamlReading.Scalars(expected).ToDictionary(scalar => scalar.Path, scalar => scalar.Value);
        YamlReading.Difference(expected, YamlReading.Read(edited)).ShouldBeNull(told);

        var changed = before
            .Keys.Where(path => after.TryGetValue(path, out var value) && value != before[path])
            .ToLookup(path => before[path] is { Value: "", IsText: false });
        var (values, blanks) = (changed[false], changed[true]);
        var rest = new YamlSpans(text).Without(values, blanks, before.Keys.Except(after.Keys), isOld: true);
        var editedRest = new YamlSpans(edited).Without(values, blanks, after.Keys.Except(before.Keys), isOld: false);
        if (rest is null || editedRest is null)
        {
            return false;
        }

        (editedRest == rest).ShouldBeTrue($"{told}\n== rest ==\n{rest}\n== edited rest ==\n{editedRest}");
        return true;
    }
}
