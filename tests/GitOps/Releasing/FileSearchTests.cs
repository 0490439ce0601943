using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.GitOps.Yaml;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;

namespace Devflow.ChatOps.Tests.GitOps.Releasing;

/// <summary>Files that are searched: which are found, at one moment, and what is said when none is.</summary>
public sealed class FileSearchTests
{
    public static TheoryData<Way> Ways => new(Way.GraphQl, Way.Rest);

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
    [InlineData(Way.Rest, Kustomized)]
    [InlineData(Way.Rest, "apps/shop/production")]
    [InlineData(Way.GraphQl, "apps/shop/production")]
    [InlineData(Way.GraphQl, "apps/shop/*/kustomization.yaml")]
    [InlineData(Way.Rest, "apps/v1.2")]
    public async Task A_tree_that_GitHub_cuts_is_walked_folder_by_folder(Way way, string wish)
    {
        await using var world = await StartAsync(way);
        var more = Enumerable.Range(0, 30).Select(at => KeyValuePair.Create($"a/{at}.yaml", (string?)"a: 1\n"));
        world.GitOps.Commit("main", "Much", [.. more, new("apps/v1.2/k.yaml", Kustomization("1.0.0"))]);
        world.Api.LongestTree = 10;

        (await world.RunAsync(Order("1.1.0") with { Files = [wish] }))
            .ShouldBeOfType<ReleaseOutcome.Committed>()
            .Changes.ShouldHaveSingleItem()
            .Path.ShouldBe(wish == "apps/v1.2" ? "apps/v1.2/k.yaml" : Kustomized);
        (await world.RunAsync(Order("1.2.0", run: 8) with { Files = [] }))
            .ShouldBeOfType<ReleaseOutcome.Failed>()
            .Code.ShouldBe(ReleaseCodes.TooManyFiles);
    }

    [Theory]
    [InlineData(Way.GraphQl, "apps/base/Kustomization")]
    [InlineData(Way.Rest, "apps/base/Kustomization")]
    [InlineData(Way.GraphQl, "apps/base")]
    [InlineData(Way.Rest, "apps/base/")]
    [InlineData(Way.GraphQl, "apps/plain/manifest")]
    [InlineData(Way.Rest, "apps/plain/manifest")]
    public async Task A_file_without_extension_is_found(Way way, string wish)
    {
        await using var world = await StartAsync(way);
        var path = wish.TrimEnd('/') == "apps/base" ? "apps/base/Kustomization" : wish;
        world.GitOps.Commit("main", "Plain", [new(path, Kustomization("1.0.0"))]);
        (await world.RunAsync(Order("1.1.0") with { Files = [wish] }))
            .ShouldBeOfType<ReleaseOutcome.Committed>()
            .Changes.ShouldHaveSingleItem()
            .Path.ShouldBe(path);
    }

    [Fact]
    public async Task A_file_that_goes_away_between_listing_and_reading_is_not_asked_for_again()
    {
        await using var world = await StartAsync(Way.GraphQl);
        world.GitOps.Commit("main", "Two", [new("apps/gone.yaml", "image: registry.example.com/shop:1.0.0\n")]);
        var left = 1;
        world.Api.Faults = call =>
        {
            if (call.IsGraphQl && Interlocked.Exchange(ref left, 0) == 1)
            {
                world.GitOps.Commit("main", "Gone", [new("apps/gone.yaml", null)]);
            }

            return null;
        };
        (await world.RunAsync(Order("1.1.0") with { Files = ["apps"] }))
            .ShouldBeOfType<ReleaseOutcome.Committed>()
            .Changes.ShouldHaveSingleItem()
            .Path.ShouldBe(Kustomized);
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
    public async Task What_fits_a_pattern_and_is_no_YAML_is_passed_over_unless_it_was_named()
    {
        await using var world = await StartAsync(Way.GraphQl);
        const string script = "apps/shop/run.sh";
        world.GitOps.Commit(
            "main",
            "Notes",
            [
                new(
                    "apps/shop/README.md",
                    "# Shop\n\n- `registry.example.com/shop:1`: \"it\" is [here\n\t- and there\n"
                ),
                new(script, "#!/bin/sh\n[ -n \"$1\" ] && docker run registry.example.com/shop:1 'a\n"),
                new("apps/shop/broken.json", "{\"image\": [\"registry.example.com/shop:1\"\n"),
            ]
        );

        var found = Order("1.1.0") with { Files = ["apps/shop/**/*.yaml", "apps/shop/*.md", "apps/shop/*.sh"] };
        (await world.RunAsync(found)).ShouldBeOfType<ReleaseOutcome.Committed>().Changes.Count.ShouldBe(1);

        foreach (var files in new[] { script, "apps/shop/*.json" })
        {
            (await world.RunAsync(Order("1.2.0", run: 8) with { Files = [Kustomized, files] }))
                .ShouldBeOfType<ReleaseOutcome.Failed>()
                .Code.ShouldBe(ReleaseCodes.MalformedYaml);
        }
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
