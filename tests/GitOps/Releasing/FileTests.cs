using System.Text;
using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.GitOps.Yaml;
using Devflow.ChatOps.Sandbox.GitHub;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;

namespace Devflow.ChatOps.Tests.GitOps.Releasing;

/// <summary>Which files are found, and that each stays what it is.</summary>
public sealed class FileTests
{
    public static TheoryData<Way> Ways => new(Way.GraphQl, Way.Rest);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Bytes_that_GraphQL_does_not_carry_stay(Way way)
    {
        await using var world = await StartAsync(way);
        var text = "\uFEFF# größer\r\nimage: registry.example.com/shop:1.0.0\r\nlast: one";
        world.GitOps.Commit("main", "BOM", [new("a.yaml", text)]);

        await world.CommitAsync(Order("1.1.0") with { Files = ["a.yaml"] });

        world.GitOps.Read("main", "a.yaml").ShouldBe(text.Replace("1.0.0", "1.1.0", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_file_that_GraphQL_cuts_is_read_whole(Way way)
    {
        await using var world = await StartAsync(way);
        var text =
            $"image: registry.example.com/shop:1.0.0\n{string.Concat(Enumerable.Repeat("# filler\n", 70_000))}last: 1\n";
        world.GitOps.Commit("main", "Long", [new("a.yaml", text)]);

        await world.CommitAsync(Order("1.1.0") with { Files = ["a.yaml"] });

        world.GitOps.Read("main", "a.yaml").ShouldBe(text.Replace("1.0.0", "1.1.0", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_is_not_UTF_8_is_refused_and_not_rewritten(Way way)
    {
        await using var world = await StartAsync(way);
        byte[] latin = [.. "image: registry.example.com/shop:1.0.0 # gr"u8, 0xFC, .. "n\n"u8];
        world.GitOps.CommitBytes("main", "Latin", [new("a.yaml", latin)]);

        var failed = (
            await world.RunAsync(Order("1.1.0") with { Files = ["a.yaml"] })
        ).ShouldBeOfType<ReleaseOutcome.Failed>();

        failed.Faults.ShouldBe([new FileFault("a.yaml", 0, 0, "Not UTF-8.")]);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_executable_file_stays_executable(Way way)
    {
        await using var world = await StartAsync(way);
        world.GitOps.Commit("main", "x", [new("a.yaml", "image: registry.example.com/shop:1.0.0\n")], "100755");

        await world.CommitAsync(Order("1.1.0") with { Files = ["a.yaml", Kustomized] });

        var tree = world.GitOps.Log("main")[0].Tree;
        world.GitOps.Git.Find(tree, "a.yaml")!.Mode.ShouldBe("100755");
        world.GitOps.Git.Find(tree, Kustomized)!.Mode.ShouldBe("100644");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_symbolic_link_is_refused_by_name_and_passed_over_in_a_search(Way way)
    {
        await using var world = await StartAsync(way);
        world.GitOps.Commit("main", "Link", [new("apps/shop/link.yaml", "production/kustomization.yaml")], "120000");

        var failed = (
            await world.RunAsync(Order("1.1.0") with { Files = ["apps/shop/link.yaml", "none.yaml"] })
        ).ShouldBeOfType<ReleaseOutcome.Failed>();
        failed.Code.ShouldBe(ReleaseCodes.FileNotEditable);
        failed.Message.ShouldBe(
            "apps/shop/link.yaml: a symbolic link; name the file it points to; none.yaml: not there."
        );

        (await world.RunAsync(Order("1.1.0") with { Files = ["apps/shop/"] }))
            .ShouldBeOfType<ReleaseOutcome.Committed>()
            .Changes.ShouldHaveSingleItem()
            .Path.ShouldBe(Kustomized);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_folder_with_a_dot_in_its_name_is_found_to_be_one(Way way)
    {
        await using var world = await StartAsync(way);
        world.GitOps.Commit("main", "v1.2", [new("apps/v1.2/values.yml", "image: registry.example.com/shop:1.0.0\n")]);
        (await world.RunAsync(Order("1.1.0") with { Files = ["apps/v1.2"] }))
            .ShouldBeOfType<ReleaseOutcome.Committed>()
            .Changes.ShouldHaveSingleItem()
            .Path.ShouldBe("apps/v1.2/values.yml");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Several_images_in_several_files_are_one_commit(Way way)
    {
        await using var world = await StartAsync(way);
        world.GitOps.Commit(
            "main",
            "Cart",
            [
                new("apps/cart/a/values.yaml", "image:\n  repository: registry.example.com/cart\n  tag: 1.0.0\n"),
                new(
                    "apps/cart/b/values.yaml",
                    "image: registry.example.com/cart:0.9.0\nweb:\n  image: registry.example.com/shop:1.0.0\n"
                ),
            ]
        );

        var message = await world.CommitAsync(
            Order("2.0.0") with
            {
                Files = ["apps/**/*.yaml"],
                Images = [Image("2.0.0", Digest('a')), Image("3.0.0", name: "registry.example.com/cart")],
                MessageTemplate = "{app}/{environment} {oldTag} => {newTag} by {actor} ({sha}) {unknown}",
            }
        );

        message.ShouldStartWith(
            "shop/production 1.0.0, 0.9.0 => 2.0.0, 3.0.0 by alice (0123456789abcdef0123456789abcdef01234567) {unknown}\n\n"
        );
        message.ShouldContain($"Devflow-Image: registry.example.com/shop:2.0.0@{Digest('a')}\n");
        message.ShouldContain("Devflow-Image: registry.example.com/cart:3.0.0\n");
        world.GitOps.Log("main").Count.ShouldBe(3);
        world
            .GitOps.Read("main", "apps/cart/b/values.yaml")
            .ShouldBe(
                $"image: registry.example.com/cart:3.0.0\nweb:\n  image: registry.example.com/shop:2.0.0@{Digest('a')}\n"
            );
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task More_files_than_one_query_takes_are_read_all(Way way)
    {
        await using var world = await StartAsync(way);
        const int many = 130;
        world.GitOps.Commit(
            "main",
            "Many",
            Enumerable
                .Range(0, many)
                .Select(at =>
                    KeyValuePair.Create($"many/{at}.yaml", (string?)"image: registry.example.com/shop:1.0.0\n")
                )
        );
        (await world.RunAsync(Order("1.1.0") with { Files = ["many"] }))
            .ShouldBeOfType<ReleaseOutcome.Committed>()
            .Changes.Count.ShouldBe(many);
    }

    [Fact]
    public async Task A_file_that_appears_between_listing_and_reading_is_not_missed()
    {
        await using var world = await StartAsync(Way.GraphQl);
        var left = 1;
        world.Api.Faults = call =>
        {
            if (call.IsGraphQl && Interlocked.Exchange(ref left, 0) == 1)
            {
                world.GitOps.Commit("main", "New", [new("apps/new.yaml", "image: registry.example.com/shop:1.0.0\n")]);
            }

            return null;
        };
        (await world.RunAsync(Order("1.1.0") with { Files = ["apps"] }))
            .ShouldBeOfType<ReleaseOutcome.Committed>()
            .Changes.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_commit_between_listing_and_reading_that_changes_no_name_costs_one_listing_more()
    {
        await using var world = await StartAsync(Way.GraphQl);
        var left = 1;
        world.Api.Faults = call =>
        {
            if (call.IsGraphQl && Interlocked.Exchange(ref left, 0) == 1)
            {
                world.GitOps.Commit("main", "Other", [new("README.md", "new\n")]);
            }

            return null;
        };
        (await world.RunAsync(Order("1.1.0") with { Files = ["apps"] })).ShouldBeOfType<ReleaseOutcome.Committed>();
        world.Api.Log.Calls.Count.ShouldBe(4);
    }

    [Fact]
    public async Task An_image_that_is_nowhere_is_told_with_what_is_there_the_nearest_first()
    {
        await using var world = await StartAsync(Way.GraphQl);
        world.GitOps.Commit(
            "main",
            "More",
            [
                new(
                    "apps/shop/production/more.yaml",
                    "image: docker.io/library/nginx:1\nweb:\n  image: registry.example.com/shops:2\n"
                ),
            ]
        );
        var failed = (
            await world.RunAsync(
                Order("1.1.0") with
                {
                    Files = ["apps/shop"],
                    Images = [Image("1.1.0", name: "registry.example.com/shopp")],
                }
            )
        ).ShouldBeOfType<ReleaseOutcome.Failed>();
        failed.Code.ShouldBe(ReleaseCodes.ImageNotFound);
        failed.Message.ShouldBe(
            "registry.example.com/shopp is not named in apps/shop (2 files, acme/gitops at main). "
                + "Found instead: registry.example.com/shop, registry.example.com/shops:2, docker.io/library/nginx:1."
        );
    }

    [Fact]
    public async Task Malformed_YAML_is_told_with_every_place()
    {
        await using var world = await StartAsync(Way.GraphQl);
        world.GitOps.Commit("main", "Broken", [new("a.yaml", "a: [1\n"), new("b.yaml", "x: 1\nx: 2\n\tz: y\n")]);
        var failed = (
            await world.RunAsync(Order("1.1.0") with { Files = ["a.yaml", "b.yaml", Kustomized] })
        ).ShouldBeOfType<ReleaseOutcome.Failed>();
        failed.Code.ShouldBe(ReleaseCodes.MalformedYaml);
        failed.Faults.Select(fault => fault.Path).ShouldBe(["a.yaml", "b.yaml"]);
        failed.Faults.ShouldAllBe(fault => fault.Line > 0 && fault.Column > 0);
    }

    [Fact]
    public async Task Templates_of_charts_are_passed_over_in_a_search()
    {
        await using var world = await StartAsync(Way.GraphQl);
        world.GitOps.Commit(
            "main",
            "Chart",
            [
                new(
                    "apps/shop/chart/templates/a.yaml",
                    "{{- if .Values.on }}\nimage: \"{{ .Values.shop }}\"\n{{- end }}\n"
                ),
                new("apps/shop/chart/values.yaml", "image:\n  repository: registry.example.com/shop\n  tag: 1.0.0\n"),
            ]
        );
        (await world.RunAsync(Order("1.1.0") with { Files = ["apps/shop"] }))
            .ShouldBeOfType<ReleaseOutcome.Committed>()
            .Changes.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_file_that_names_the_image_and_cannot_be_read_stops_a_search()
    {
        await using var world = await StartAsync(Way.GraphQl);
        world.GitOps.Commit("main", "Broken", [new("apps/shop/b.yaml", "a: [1\nimage: registry.example.com/shop:1\n")]);
        (await world.RunAsync(Order("1.1.0") with { Files = ["apps/shop"] }))
            .ShouldBeOfType<ReleaseOutcome.Failed>()
            .Code.ShouldBe(ReleaseCodes.MalformedYaml);
    }

    [Fact]
    public async Task A_path_says_where_in_the_file()
    {
        await using var world = await StartAsync(Way.GraphQl);
        world.GitOps.Commit("main", "Path", [new("a.yaml", "one: registry.example.com/shop:1\ntwo: {tag: 1}\n")]);
        await world.CommitAsync(Order("2") with { Files = ["a.yaml"], Path = YamlPath.TryParse("two.tag") });
        world.GitOps.Read("main", "a.yaml").ShouldBe("one: registry.example.com/shop:1\ntwo: {tag: \"2\"}\n");
    }

    [Theory]
    [InlineData("../secrets.yaml")]
    [InlineData("a/../../b.yaml")]
    public async Task Paths_do_not_lead_out_of_the_repository(string path)
    {
        await using var world = await StartAsync(Way.GraphQl);
        (await world.RunAsync(Order("1.1.0") with { Files = [path] }))
            .ShouldBeOfType<ReleaseOutcome.Failed>()
            .Code.ShouldBe(ReleaseCodes.FileNotFound);
        world.Api.Log.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("**/none-*.yaml")]
    [InlineData("nowhere")]
    public async Task Patterns_that_fit_nothing_are_told(string pattern)
    {
        await using var world = await StartAsync(Way.Rest);
        var failed = (
            await world.RunAsync(Order("1.1.0") with { Files = [pattern] })
        ).ShouldBeOfType<ReleaseOutcome.Failed>();
        (failed.Code, failed.Message).ShouldBe(
            (ReleaseCodes.FileNotFound, $"No file fits {pattern} in acme/gitops at main.")
        );
    }
}
