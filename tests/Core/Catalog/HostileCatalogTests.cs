using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Tests.Core.Catalog;

/// <summary>Whatever is in the file, the parser answers with faults, soon.</summary>
public sealed class HostileCatalogTests
{
    public static TheoryData<string, string> Files =>
        new()
        {
            { new string('x', (1024 * 1024) + 1), "the file is larger than 1 MiB" },
            { new string('é', (512 * 1024) + 1), "the file is larger than 1 MiB" },
            { new string('[', 1_000_000), "nested deeper than 16" },
            { string.Concat(Enumerable.Repeat("- ", 500_000)), "nested deeper than 16" },
            { string.Concat(Enumerable.Repeat("{a: ", 250_000)), "nested deeper than 16" },
            { "apps: " + new string('x', 5000), "a value longer than 4096 characters" },
            {
                "apps: [" + string.Concat(Enumerable.Repeat("a, ", 210_000)) + "]",
                "more than 200000 values in one file"
            },
            { "clusters: []\napps: \0[]", "control characters are not allowed" },
            { "a: [*a, *a]", "aliases are not allowed; write the value out" },
        };

    [Theory]
    [MemberData(nameof(Files))]
    public void Is_refused_with_one_clear_fault(string yaml, string message)
    {
        var faults = CatalogParser.Parse(yaml, "c").ShouldBeOfType<CatalogResult.Faulty>().Faults;

        faults.ShouldHaveSingleItem().Message.ShouldBe(message);
    }

    [Fact]
    public void Many_faults_are_cut_with_a_word()
    {
        var yaml = string.Concat(Enumerable.Range(0, 5000).Select(i => $"key{i}: 1\n"));

        var faults = CatalogParser.Parse(yaml, "c").ShouldBeOfType<CatalogResult.Faulty>().Faults;

        faults.Count.ShouldBe(201);
        faults[^1].Message.ShouldBe("more faults follow from here on");
    }

    [Fact]
    public void Damaged_files_never_throw()
    {
        const string Noise = "{}[]:,-?&*!|>'\"%@`#\n\t \\\u0000aé\ud800~<=.0";
        var whole = File.ReadAllText(Path.Combine(CatalogParserTests.Cases, "design-example", "catalog.yaml"));
        var random = new Random(20261124);
        for (var round = 0; round < 150; round++)
        {
            var damaged = whole.ToCharArray().ToList();
            for (var change = random.Next(1, 5); change > 0; change--)
            {
                damaged[random.Next(damaged.Count)] = Noise[random.Next(Noise.Length)];
                damaged.RemoveRange(random.Next(damaged.Count / 2), random.Next(20));
            }

            var yaml = new string([.. damaged.Take(random.Next(damaged.Count))]);
            Should.NotThrow(() => CatalogParser.Parse(yaml, "c"), yaml);
        }
    }
}
