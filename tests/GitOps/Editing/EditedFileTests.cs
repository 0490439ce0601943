using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;
using Devflow.ChatOps.GitOps.Yaml;
using Devflow.ChatOps.Tests.GitOps.Editing.Generated;

namespace Devflow.ChatOps.Tests.GitOps.Editing;

/// <summary>
/// Files of every kind, written in every way: what an independent reader sees after the edit is what it saw before, but
/// for the tags and digests of our image; lines that say nothing of images are the same lines.
/// </summary>
public sealed partial class EditedFileTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private static readonly ImageName name = ImageName.TryParse(FileGenerator.Ours)!;

    [Theory]
    [InlineData("tag", 1)]
    [InlineData("digest", 2)]
    [InlineData("tag and digest", 3)]
    public void Nothing_but_our_image_changes(string what, int start)
    {
        var edits = 0;
        var refusals = 0;
        Gen.Int[0, 1_000_000]
            .Sample(
                seed =>
                {
                    switch (Check(what, (seed * 4) + start))
                    {
                        case EditResult.Found { IsChanged: true }:
                            Interlocked.Increment(ref edits);
                            break;
                        case EditResult.Fault { Message: var why } when !IsNoPlaceForADigest(why):
                            Interlocked.Increment(ref refusals);
                            break;
                    }
                },
                iter: 2_000
            );
        edits.ShouldBeGreaterThan(700);
        refusals.ShouldBeLessThan(edits / 2);
    }

    [Fact]
    public void A_path_to_one_place_changes_that_place_alone()
    {
        var edits = 0;
        Gen.Int[0, 1_000_000]
            .Sample(
                seed =>
                {
                    var choices = new Choices(seed);
                    var generator = new FileGenerator(choices);
                    var writer = new YamlWriter(choices);
                    var text = writer.Write(generator.Document(choices.Of(Enum.GetValues<FileKind>())));
                    var release = new ImageRelease(name, "v2", choices.OneIn(2) ? Digest : null);
                    var before = YamlReading.Read(text);
                    var places = new ExpectedRelease(release);
                    YamlReading.Read(text).ForEach(places.Apply);
                    if (generator.HasAliases || generator.HasMergeKeys || writer.HasBlocks || places.Places.Count == 0)
                    {
                        return;
                    }

                    var path = choices.Of<string>([.. places.Places]);
                    var result = ImageEditor.Edit(Encoding.UTF8.GetBytes(text), release, YamlPath.TryParse(path));

                    var found = result.ShouldBeOfType<EditResult.Found>($"{path} in\n{text}");
                    before.ForEach(new ExpectedRelease(release, path).Apply);
                    var after = Encoding.UTF8.GetString(found.Content);
                    YamlReading
                        .Difference(before, YamlReading.Read(after))
                        .ShouldBeNull($"{path} in\n{text}\nbecame\n{after}");
                    Interlocked.Increment(ref edits);
                },
                iter: 2_000
            );
        edits.ShouldBeGreaterThan(400);
    }

    private static EditResult Check(string what, int seed)
    {
        var choices = new Choices(seed);
        var generator = new FileGenerator(choices);
        var writer = new YamlWriter(choices);
        var tag =
            what == "digest" ? null : choices.Of("1.5.0", "1.10", "7", "v2", "20240101", "1e3", "true", "a.b-c_d");
        var release = new ImageRelease(name, tag, what == "tag" ? null : Digest);
        var text = GeneratedFile.Write(choices, generator, writer, Enum.GetValues<FileKind>());

        var result = ImageEditor.Edit(Encoding.UTF8.GetBytes(text), release);

        try
        {
            Check(text, release, result, generator.HasAliases || generator.HasMergeKeys || writer.HasBlocks);
        }
        catch (Exception wrong)
        {
            var after = result is EditResult.Found found ? Encoding.UTF8.GetString(found.Content) : result.ToString();
            throw new ShouldAssertException(
                $"{wrong.Message}\n== seed {seed}, {what} ==\n{text}\n== edited ==\n{after}"
            );
        }

        return result;
    }

    private static void Check(string text, ImageRelease release, EditResult result, bool mayRefuse)
    {
        var expected = YamlReading.Read(text);
        var rules = new ExpectedRelease(release);
        switch (result)
        {
            case EditResult.Fault fault:
                (mayRefuse || (release.Tag is null && IsNoPlaceForADigest(fault.Message))).ShouldBeTrue(fault.Message);
                fault.Line.ShouldBeGreaterThan(0);
                break;

            case EditResult.NotFound:
                expected.ForEach(rules.Apply);
                rules.Places.ShouldBeEmpty();
                break;

            case EditResult.Found found:
                expected.ForEach(rules.Apply);
                var edited = Encoding.UTF8.GetString(found.Content);
                YamlReading.Difference(expected, YamlReading.Read(edited)).ShouldBeNull();
                (OtherLines(edited) == OtherLines(text)).ShouldBeTrue("Another line changed.");
                HasLoneLineFeeds(edited).ShouldBe(HasLoneLineFeeds(text));
                found.IsChanged.ShouldBe(edited != text);
                found.Places.Count.ShouldBe(rules.Places.Count);
                ImageEditor.Edit(found.Content, release).ShouldBeOfType<EditResult.Found>().IsChanged.ShouldBeFalse();
                break;
        }
    }

    /// <summary>
    /// The lines that no edit has any business with. What was behind the first key of a list's item
    /// may have become what is behind the dash.
    /// </summary>
    private static string OtherLines(string text) =>
        string.Concat(
            text.Split('\n').Where(line => !OfAnImage().IsMatch(line)).Select(line => line.Trim(' ', '-', '\r') + "\n")
        );

    private static bool IsNoPlaceForADigest(string message) =>
        message.EndsWith("name the tag too.", StringComparison.Ordinal);

    private static bool HasLoneLineFeeds(string text) =>
        text.Replace("\r\n", "", StringComparison.Ordinal).Contains('\n', StringComparison.Ordinal);

    [GeneratedRegex(
        "tag|digest|sha|image|name|\\A\\s*:|1\\.4\\.0|v1|latest|registry|\\A[-\\s?:&a0-9|>\"']*\\z",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex OfAnImage();
}
