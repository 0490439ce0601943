using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Tests.Architecture;

public sealed partial class CatalogExampleTests
{
    [Fact]
    public void The_documented_example_is_a_catalog_without_faults()
    {
        var yaml = Example().Match(Repository.Read("docs/catalog.md")).Groups["yaml"].Value;
        CatalogParser.Parse(yaml, "docs/catalog.md").ShouldBeOfType<CatalogResult.Valid>();
    }

    [GeneratedRegex(@"```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
