using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.GitOps.Reverting;
using Devflow.ChatOps.Tests.GitOps.Releasing;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;
using static Devflow.ChatOps.Tests.GitOps.Reverting.RevertSamples;

namespace Devflow.ChatOps.Tests.GitOps.Reverting;

/// <summary>Charts that keep a digest without its algorithm, as <c>sha</c>: the cluster names it with.</summary>
public sealed class RevertHelmShaTests
{
    private const string File = $"{Folder}/values.yaml";

    public static TheoryData<Way> Ways => [Way.GraphQl, Way.Rest];

    [Theory, MemberData(nameof(Ways))]
    public async Task What_the_Action_wrote_goes_back(Way way)
    {
        await using var world = await StartAsync(way);
        Commit(world, (Kustomized, null), (File, Values("1.0.0", 'a')));
        await world.CommitAsync(Release(run: 7));

        var done = await RevertAsync(world, Rollback);

        done.ShouldBeOfType<RevertOutcome.Written>().ImageOnly.ShouldBeNull();
        Files(world)[File].ShouldBe(Values("1.0.0", 'a'));
        ReleaseTrailers.Parse(Head(world)).RolledBack.ShouldHaveSingleItem().ShouldBe(Rollback.Bad);
        (await world.RunAsync(Release(run: 8)))
            .ShouldBeOfType<ReleaseOutcome.Refused>()
            .Code.ShouldBe(ReleaseCodes.RolledBack);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Where_somebody_touched_the_file_since_the_image_alone_goes_back(Way way)
    {
        await using var world = await StartAsync(way);
        Commit(world, (Kustomized, null), (File, Values("1.0.0", 'a')));
        await world.CommitAsync(Release(run: 7));
        Commit(world, (File, Values("1.1.0", 'b') + "replicas: 3\n"));

        var done = await RevertAsync(world, Rollback);

        done.ShouldBeOfType<RevertOutcome.Written>().ImageOnly.ShouldBe(RevertPlan.Touched);
        Files(world)[File].ShouldBe(Values("1.0.0", 'a') + "replicas: 3\n");
    }

    private static RevertOrder Rollback =>
        RevertOf(null) with
        {
            Target = ImageReference.TryParse($"registry.example.com/shop:1.0.0@{Digest('a')}")!,
            Bad = ImageReference.TryParse($"registry.example.com/shop:1.1.0@{Digest('b')}"),
        };

    private static ReleaseOrder Release(int run) =>
        Order("1.1.0", run) with
        {
            Files = [File],
            Images = [Image("1.1.0", Digest('b'))],
        };

    private static string Values(string tag, char digest) =>
        $"image:\n  repository: registry.example.com/shop\n  tag: {tag} # by the Action\n  sha: {new string(digest, 64)}\n";
}
