using Devflow.ChatOps.Action.Runner;

namespace Devflow.ChatOps.Tests.Action.Runner;

public sealed class FileCommandsTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Values_come_out_as_they_went_in()
    {
        var files = new FileCommands(path, null);
        files.SetOutputs([("a", "one\nchanged=true\nb<<x"), ("b", ""), ("c", "{\"x\":\"y\"}")]);
        files.SetOutputs([("d", "later\r\n")]);
        var outputs = RunnerReading.Outputs(File.ReadAllText(path));
        outputs.ShouldBe(
            new Dictionary<string, string>
            {
                ["a"] = "one\nchanged=true\nb<<x",
                ["b"] = "",
                ["c"] = "{\"x\":\"y\"}",
                ["d"] = "later\r\n",
            }
        );
    }

    [Fact]
    public void A_value_that_foresaw_the_delimiter_is_refused() =>
        Should.Throw<ArgumentException>(() => FileCommands.Assignment("a", "x\nEND\nchanged<<y", "END"));

    [Fact]
    public void A_summary_that_GitHub_would_not_show_is_refused() =>
        Should.Throw<ArgumentException>(() =>
            new FileCommands(null, path).AddSummary(new string('ä', FileCommands.LargestSummary / 2 + 1))
        );

    [Fact]
    public void Without_files_nothing_is_written()
    {
        var files = new FileCommands(null, null);
        files.SetOutputs([("a", "b")]);
        files.AddSummary("x");
        File.ReadAllText(path).ShouldBeEmpty();
    }
}
