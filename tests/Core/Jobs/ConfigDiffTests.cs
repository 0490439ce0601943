using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>What a GitOps commit changed beside the image.</summary>
public sealed class ConfigDiffTests
{
    private static readonly IReadOnlySet<string> words = ConfigDiff.WordsOf(
        new ReleaseRequest("registry.example.com:5000/shop") { Tag = "8080", Digest = "sha256:bb" },
        ["registry.example.com:5000/shop:1.1.0@sha256:aa"]
    );

    [Theory]
    [InlineData("-    newTag: 1.1.0\n+    newTag: \"8080\" # by the release")]
    [InlineData("-  image: registry.example.com:5000/shop:1.1.0\n+  image: registry.example.com:5000/shop:8080")]
    [InlineData("- digest: sha256:aa\n+ digest: 'sha256:bb'")]
    [InlineData(
        "-  - image: registry.example.com:5000/shop@sha256:aa\n+  - image: registry.example.com:5000/shop@sha256:bb"
    )]
    [InlineData("@@ -1,3 +1,3 @@\n context: 1\n+\n-   \n")]
    public void Lines_of_the_image_are_no_configuration(string patch)
    {
        Of(patch).Lines.ShouldBeEmpty();
        Of(patch).IsImageOnly.ShouldBeTrue();
    }

    [Theory]
    [InlineData("+  containerPort: 8080", "+ containerPort: 8080")]
    [InlineData("-replicas: 2", "- replicas: 2")]
    [InlineData(
        "+  image: registry.example.com:5000/shop-sidecar:8080",
        "+ image: registry.example.com:5000/shop-sidecar:8080"
    )]
    [InlineData("+  newTag: 9.9.9", "+ newTag: 9.9.9")]
    [InlineData("+  PASSWORD: hunter2", "+ PASSWORD: …")]
    [InlineData("+  apiToken: \"abc def\"", "+ apiToken: …")]
    [InlineData("   - name: DB_PASSWORD\n+    value: hunter2", "+ value: …")]
    [InlineData("   - name: LEVEL\n+    value: debug", "+ value: debug")]
    [InlineData(" kind: Secret\n stringData:\n+  user: root", "+ user: …")]
    [InlineData("+  -----BEGIN KEY-----", "+ -----BEGIN KEY-----")]
    public void Everything_else_is(string patch, string shown) => Of(patch).Lines.ShouldBe([shown]);

    [Fact]
    public void Many_lines_are_counted_and_long_ones_are_cut()
    {
        var file = Of(
            string.Join('\n', Enumerable.Range(1, 30).Select(number => $"+key{number}: {new string('x', 300)}"))
        );

        file.Lines.Length.ShouldBe(12);
        file.MoreLines.ShouldBe(18);
        file.Lines.ShouldAllBe(line => line.Length <= 162);
    }

    [Fact]
    public void A_file_without_text_is_told_as_such()
    {
        var file = ConfigDiff.Of(new GitFile("logo.png", "modified", 1, 0, null), words);

        file.IsOpaque.ShouldBeTrue();
        file.IsImageOnly.ShouldBeFalse();
    }

    private static ChangedFile Of(string patch) =>
        ConfigDiff.Of(new GitFile("apps/shop/values.yaml", "modified", 1, 1, patch), words);
}
