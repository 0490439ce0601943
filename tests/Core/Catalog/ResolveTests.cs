using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Tests.Core.Catalog;

/// <summary>What a person means who types an app and an environment.</summary>
public sealed class ResolveTests
{
    private static readonly ReleaseCatalog Two = Catalog(
        ("shop", ["staging", "production"]),
        ("billing", ["production"])
    );

    private static readonly ReleaseCatalog One = Catalog(("shop", ["production"]));

    [Theory]
    [InlineData("shop", "production", "shop production")]
    [InlineData("SHOP", " Staging ", "shop staging")]
    [InlineData("billing", null, "billing production")]
    [InlineData(null, "staging", "shop staging")]
    [InlineData("staging", null, "shop staging")]
    [InlineData("shop", null, "? shop staging, shop production")]
    [InlineData(null, null, "? shop staging, shop production, billing production")]
    [InlineData("", "production", "? shop production, billing production")]
    [InlineData("shpo", null, "no shpo, shop?")]
    [InlineData("biling", "production", "no biling, billing?")]
    [InlineData("shop", "prodution", "no prodution, production?")]
    [InlineData("billing", "staging", "no staging")]
    [InlineData("warehouse", null, "no warehouse")]
    public void Names_are_resolved(string? app, string? environment, string expected) =>
        Show(Two.Resolve(app, environment)).ShouldBe(expected);

    [Fact]
    public void Nothing_needs_to_be_typed_where_only_one_fits() =>
        Show(One.Resolve(null, " ")).ShouldBe("shop production");

    [Fact]
    public void A_huge_word_is_not_found_and_gets_no_suggestion() =>
        Two.Resolve(new string('s', 100_000), null).ShouldBeOfType<Resolution.NotFound>().Suggestion.ShouldBeNull();

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("shop", "shop", 0)]
    [InlineData("shpo", "shop", 1)]
    [InlineData("shp", "shop", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Distances_count_slips(string left, string right, int distance)
    {
        NearMiss.Distance(left, right).ShouldBe(distance);
        NearMiss.Distance(right, left).ShouldBe(distance);
    }

    private static string Show(Resolution resolution) =>
        resolution switch
        {
            Resolution.Found found => $"{found.App.Name} {found.Environment.Name}",
            Resolution.Ambiguous many => $"? {string.Join(", ", many.Candidates)}",
            Resolution.NotFound { Suggestion: null } none => $"no {none.Text}",
            Resolution.NotFound none => $"no {none.Text}, {none.Suggestion}?",
            _ => "",
        };

    private static ReleaseCatalog Catalog(params (string App, string[] Environments)[] apps) =>
        new(
            [],
            [],
            [],
            [],
            new Viewers.Everyone(),
            [.. apps.Select(app => new App(app.App, "acme/" + app.App, null, null, "C0", Environments(app)))]
        );

    private static List<AppEnvironment> Environments((string App, string[] Environments) app) =>
        [
            .. app.Environments.Select(name => new AppEnvironment(
                name,
                "prod",
                name,
                app.App,
                new PromoteRules([]),
                new RollbackRules([])
            )),
        ];
}
