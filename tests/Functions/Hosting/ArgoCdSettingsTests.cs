using Devflow.ChatOps.Functions.Hosting;

namespace Devflow.ChatOps.Tests.Functions.Hosting;

public sealed class ArgoCdSettingsTests
{
    [Theory]
    [InlineData("https://argocd.example.com", "token", false, 0)]
    [InlineData("http://127.0.0.1:8080", "token", false, 0)]
    [InlineData(null, "", true, 0)]
    [InlineData("http://argocd.example.com", "token", false, 1)]
    [InlineData("https://argocd.example.com", "", false, 1)]
    [InlineData("https://argocd.example.com", "two words", false, 1)]
    [InlineData(null, "", false, 2)]
    [InlineData("https://argocd.example.com", "token", true, 0)]
    [InlineData("https://argocd.example.com", "", true, 1)]
    public void It_is_asked_by_its_API_or_by_the_annotation_or_by_both(
        string? address,
        string token,
        bool annotate,
        int faults
    )
    {
        var found = new ArgoCdSettings
        {
            Address = address is null ? null : new Uri(address),
            Token = token,
            Annotate = annotate,
        }
            .Faults("prod")
            .ToList();

        found.Count.ShouldBe(faults, string.Join('\n', found));
        found.ShouldAllBe(fault => fault.StartsWith("Devflow:ArgoCd:prod", StringComparison.Ordinal));
        found.ShouldAllBe(fault => !fault.Contains("two words", StringComparison.Ordinal));
    }
}
