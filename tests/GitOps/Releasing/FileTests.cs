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
    public async Task A_file_that_is_not_there_is_told_by_name(Way way)
    {
        await using var world = await StartAsync(way);
        var failed = (
            await world.RunAsync(Order("1.1.0") with { Files = [Kustomized, "apps/none.yaml"] })
        ).ShouldBeOfType<ReleaseOutcome.Failed>();
        (failed.Code, failed.Message).ShouldBe((ReleaseCodes.FileNotFound, "apps/none.yaml: not there."));
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
}
