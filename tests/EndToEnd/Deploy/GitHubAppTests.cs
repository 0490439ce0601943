using System.Reflection;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Functions.GitHubHook;
using Devflow.ChatOps.GitOps.GitHub;

namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

/// <summary>The GitHub App, held to GitHub's manifest parameters and to what the service asks its tokens for.</summary>
public sealed class GitHubAppTests
{
    private static readonly JsonNode Manifest = YamlDocuments.Parse(RepositoryFiles.Read("deploy/github-app.yaml"));

    [Fact]
    public void Events_are_sent_to_the_service() =>
        Manifest["hook_attributes"]!["url"]!
            .GetValue<string>()
            .ShouldBe($"https://devflow.example.com/{GitHubHook.Route}");

    [Fact]
    public void It_asks_for_these_permissions_and_events_and_no_more()
    {
        Manifest["default_permissions"]!
            .AsObject()
            .ToDictionary(permission => permission.Key, permission => permission.Value!.GetValue<string>())
            .ShouldBe(
                typeof(AppPermissions)
                    .GetProperties(BindingFlags.Public | BindingFlags.Static)
                    .Select(purpose => purpose.GetValue(null).ShouldBeOfType<AppPermissions>())
                    .SelectMany(purpose => purpose.Granted)
                    // Every App has it, whatever it asks for.
                    .Append((Name: "metadata", Level: "read"))
                    .GroupBy(permission => permission.Name)
                    // "write" is the later word, and has what "read" has.
                    .ToDictionary(same => same.Key, same => same.Max(permission => permission.Level)!),
                ignoreOrder: true
            );
        Manifest["default_events"]!
            .AsArray()
            .Select(name => name!.GetValue<string>())
            .ShouldBe(["check_run", "pull_request"]);
        Manifest["public"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public void The_guide_names_the_same_permissions()
    {
        var guide = RepositoryFiles.Read("docs/github.md");
        foreach (var (name, level) in Manifest["default_permissions"]!.AsObject())
        {
            guide.ShouldContain($"| `{name}` | {level!.GetValue<string>()} |");
        }
    }
}
