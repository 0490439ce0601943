using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Tests.Core.Catalog;

/// <summary>
/// A folder per case: `catalog.yaml` and, where it is faulty, `faults.txt` with the expected faults written by hand.
/// </summary>
public sealed class CatalogParserTests
{
    internal static readonly string Cases = Path.Combine(AppContext.BaseDirectory, "Catalog", "Cases");

    public static TheoryData<string> Names =>
        [.. Directory.GetDirectories(Cases).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Reports_exactly_the_expected_faults(string name)
    {
        var folder = Path.Combine(Cases, name);
        var yaml = File.ReadAllText(Path.Combine(folder, "catalog.yaml"));
        var expected = Path.Combine(folder, "faults.txt");
        var faults = CatalogParser.Parse(yaml, "catalog.yaml") is CatalogResult.Faulty faulty ? faulty.Faults : [];

        faults
            .Select(fault => fault.ToString())
            .ShouldBe(File.Exists(expected) ? File.ReadAllLines(expected).Where(line => line.Length > 0) : []);
    }
}
