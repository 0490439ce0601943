using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.GitOps.Releasing;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;

namespace Devflow.ChatOps.Tests.GitOps.Independent;

/// <summary>What the Action's loop sends over REST is what GitHub's own OpenAPI description asks for.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task Every_request_is_one_of_GitHubs()
    {
        var description = await GitHubDescription.LoadAsync();

        await using var world = await StartAsync(Way.Rest);
        await world.CommitAsync(Order("1.1.0"));
        await world.CommitAsync(Order("1.2.0", run: 8) with { Files = ["apps/**"] });
        await world.RunAsync(Order("1.3.0", run: 9) with { Mode = ReleaseMode.PullRequest });
        await world.RunAsync(Order("1.4.0", run: 10) with { Mode = ReleaseMode.PullRequest });

        var calls = world.Api.Log.Calls;
        calls.Select(call => call.Method).Distinct().ShouldBe(["GET", "POST", "PATCH"], ignoreOrder: true);
        await description.CheckAsync(calls);
    }

    [Fact]
    public async Task What_is_not_described_is_found()
    {
        var description = await GitHubDescription.LoadAsync();
        const string repo = "/repos/acme/gitops";
        (string Method, string Path, string Query, string Body)[] wrong =
        [
            ("PUT", $"{repo}/git/trees", "", """{"tree":[]}"""),
            ("GET", $"{repo}/pulls", "?status=open", ""),
            ("GET", $"{repo}/pulls", "?state=merged", ""),
            ("GET", $"{repo}/pulls", "?per_page=many", ""),
            ("GET", $"{repo}/pulls/7", "", "{}"),
            ("POST", $"{repo}/git/trees", "", ""),
            ("POST", $"{repo}/git/trees", "", """{"base_tree":"abc"}"""),
            ("POST", $"{repo}/git/trees", "", """{"tree":[],"base":"abc"}"""),
            ("POST", $"{repo}/git/trees", "", """{"tree":[{"path":"a","file":"b"}]}"""),
            ("POST", $"{repo}/git/trees", "", """{"tree":[{"path":null}]}"""),
            ("POST", $"{repo}/check-runs", "", """{"name":"a","head_sha":"b","conclusion":"great"}"""),
            ("POST", $"{repo}/check-runs", "", """{"name":"a","head_sha":"b","output":{"summary":"c","words":"d"}}"""),
        ];
        foreach (var (method, path, query, body) in wrong)
        {
            var call = new GitHubCall(1, method, path, query, body, null);
            var found = await Record.ExceptionAsync(() => description.CheckAsync([call]));
            found.ShouldBeOfType<ShouldAssertException>($"{call} {body}");
        }
    }
}
