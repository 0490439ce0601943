using System.Globalization;
using System.Text;
using System.Text.Json;
using Devflow.ChatOps.Functions.Api;

namespace Devflow.ChatOps.Tests.Functions.Api;

/// <summary>What the Action takes for an image and has written into Git by then, the service takes too.</summary>
public sealed class JobBodyTests
{
    [Theory]
    [InlineData("nginx", "1.27", null)]
    [InlineData("localhost:5000/shop/web", "v1", null)]
    [InlineData("Registry.Example.com/shop/web", "v1", null)]
    [InlineData("registry.example.com/shop/web", null, "sha256:64")]
    [InlineData("registry.example.com/shop/web", "v1", "sha512:128")]
    public void An_image_is_understood_as_the_Action_understands_it(string image, string? tag, string? digest)
    {
        var hex = digest?.Split(':') is [var algorithm, var length]
            ? $"{algorithm}:{new string('a', int.Parse(length, CultureInfo.InvariantCulture))}"
            : null;
        var fields = new Dictionary<string, string?>
        {
            ["app"] = "my-app",
            ["environment"] = "production",
            ["image"] = image,
            ["tag"] = tag,
            ["digest"] = hex,
        };

        var (body, problem) = JobBody.Parse(JsonSerializer.SerializeToUtf8Bytes(fields));

        problem.ShouldBe("");
        body!.Request.Image.ShouldBe(image);
        body.Request.Digest.ShouldBe(hex);
    }

    [Theory]
    [InlineData("image", "Shop/Web")]
    [InlineData("image", "shop/web:v1")]
    [InlineData("digest", "sha256:ABC")]
    [InlineData("digest", "md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("tag", "-v1")]
    public void What_is_none_is_refused(string field, string value)
    {
        var text = $$"""{"app":"a","environment":"p","image":"x","tag":"v1","{{field}}":"{{value}}"}""";
        var last = text.Replace(
            field is "image" ? "\"image\":\"x\","
                : field is "tag" ? "\"tag\":\"v1\","
                : "\0",
            "",
            StringComparison.Ordinal
        );

        var (body, problem) = JobBody.Parse(Encoding.UTF8.GetBytes(last));

        body.ShouldBeNull();
        problem.ShouldBe($"{field} is not of its form.");
    }
}
