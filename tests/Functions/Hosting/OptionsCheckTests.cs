using Devflow.ChatOps.Functions.Hosting;

namespace Devflow.ChatOps.Tests.Functions.Hosting;

/// <summary>Every fault of the configuration is named, with its setting, and all at once.</summary>
public sealed class OptionsCheckTests
{
    private static readonly HostEnvironment alone = new(null, OnAzure: false);

    [Fact]
    public void What_is_there_by_itself_is_no_fault() =>
        OptionsCheck.Faults(new DevflowOptions(), alone).ShouldBeEmpty();

    [Theory]
    [InlineData(3, 7, 0)]
    [InlineData(7, 90, 0)]
    [InlineData(3_650, 3_650, 0)]
    [InlineData(2, 90, 1)]
    [InlineData(0, 90, 1)]
    [InlineData(-1, 90, 1)]
    [InlineData(3_651, 3_650, 2)]
    [InlineData(7, 6, 1)]
    [InlineData(30, 29, 1)]
    [InlineData(7, 3_651, 1)]
    public void Retention_has_its_limits(int commandDays, int jobDays, int faults)
    {
        var options = new DevflowOptions();
        (options.Retention.CommandDays, options.Retention.JobDays) = (commandDays, jobDays);

        var found = OptionsCheck.Faults(options, alone);

        found.Count.ShouldBe(faults, string.Join('\n', found));
        found.ShouldAllBe(fault => fault.StartsWith("Devflow:Retention:", StringComparison.Ordinal));
    }

    [Fact]
    public void All_faults_are_named_at_once_and_no_secret_with_them()
    {
        var options = new DevflowOptions
        {
            Store = "postgres://devflow:hunter2@db/devflow",
            Catalog = "",
            Holder = "",
            SealingKey = "too short",
            Watch = true,
            Hooks = new Dictionary<string, string[]> { ["prod"] = ["s3cret"] },
        };
        options.Limits.Burst = 0;

        var faults = OptionsCheck.Faults(options, new HostEnvironment(8_080, OnAzure: true));

        foreach (var setting in new[] { "Store", "Catalog", "Holder", "SealingKey", "Watch", "Hooks:prod", "Limits" })
        {
            faults.ShouldContain(fault => fault.StartsWith($"Devflow:{setting}:", StringComparison.Ordinal), setting);
        }

        string.Join('\n', faults).ShouldNotContain("hunter2");
        string.Join('\n', faults).ShouldNotContain("s3cret");
    }

    [Fact]
    public void SQLite_is_refused_where_several_instances_share_the_work()
    {
        var options = new DevflowOptions { Store = "sqlite:devflow.db" };

        OptionsCheck.Faults(options, new HostEnvironment(8_080, OnAzure: true)).ShouldHaveSingleItem();
        OptionsCheck.Faults(options, new HostEnvironment(8_080, OnAzure: false)).ShouldBeEmpty();
    }
}
