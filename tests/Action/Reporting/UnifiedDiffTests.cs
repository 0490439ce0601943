using System.Diagnostics;
using CsCheck;
using Devflow.ChatOps.Action.Reporting;

namespace Devflow.ChatOps.Tests.Action.Reporting;

public sealed class UnifiedDiffTests
{
    private const string Twelve = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";

    [Fact]
    public void Nothing_changed_is_no_diff() => UnifiedDiff.Of("a", Twelve, Twelve).ShouldBeEmpty();

    [Fact]
    public void One_line_has_three_around_it() =>
        Diff(Twelve, Twelve.Replace("6\n", "six\n", StringComparison.Ordinal))
            .ShouldBe("--- a/f\n+++ b/f\n@@ -3,7 +3,7 @@\n 3\n 4\n 5\n-6\n+six\n 7\n 8\n 9");

    [Fact]
    public void Two_far_apart_are_two_hunks_and_an_insertion_moves_the_second()
    {
        var after = "0\n" + Twelve.Replace("12\n", "twelve\n", StringComparison.Ordinal);
        Diff(Twelve, after)
            .ShouldBe(
                "--- a/f\n+++ b/f\n@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -9,4 +10,4 @@\n 9\n 10\n 11\n-12\n+twelve"
            );
    }

    [Fact]
    public void A_missing_final_newline_is_said() =>
        Diff("a\nb", "a\nc")
            .ShouldBe(
                "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file"
            );

    [Fact]
    public void A_file_from_nothing_begins_at_line_0() =>
        Diff("", "a\n").ShouldBe("--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a");

    /// <summary>GNU patch, which reads such diffs every day, makes the second version of the first.</summary>
    [Fact]
    public void Patch_makes_the_second_version_of_the_first()
    {
        if (!File.Exists("/usr/bin/patch"))
        {
            Assert.Skip("patch is not installed.");
        }

        string[] words = ["a", "b", "c", "d", "e: f", ""];
        var line = Gen.Int[0, words.Length - 1].Select(index => words[index]);
        var text = Gen.Select(line.Array[0, 30], Gen.Bool).Select((lines, ended) => Text(lines, ended));
        Gen.Select(text, text).Sample((before, after) => Patched(before, after) == after, iter: 200, threads: 1);
    }

    private static string Text(string[] lines, bool ended) =>
        lines.Length == 0 ? "" : string.Join('\n', lines) + (ended ? "\n" : "");

    private static string Patched(string before, string after)
    {
        var folder = Directory.CreateTempSubdirectory("devflow-diff-");
        try
        {
            var file = Path.Combine(folder.FullName, "f");
            File.WriteAllText(file, before);
            var diff = UnifiedDiff.Of("f", before, after);
            if (diff.Count > 0)
            {
                var start = new ProcessStartInfo("/usr/bin/patch", ["-p1", "--posix", "-s", "-F0"])
                {
                    WorkingDirectory = folder.FullName,
                    RedirectStandardInput = true,
                };
                using var patch = Process.Start(start)!;
                patch.StandardInput.Write(string.Join('\n', diff) + "\n");
                patch.StandardInput.Close();
                patch.WaitForExit();
                patch.ExitCode.ShouldBe(0);
            }

            return File.Exists(file) ? File.ReadAllText(file) : "";
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Diff(string before, string after) => string.Join('\n', UnifiedDiff.Of("f", before, after));
}
