using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.GitHub;

namespace Devflow.ChatOps.Tests.Functions.GitHub.Stands;

/// <summary>The comment of a release on a pull request.</summary>
public sealed class StandCommentTests(GitHubStands stands)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(GitHubMaker.Us)]
    [InlineData(GitHubMaker.Emulate)]
    public async Task It_is_written_and_changed_in_place_until_somebody_puts_something_else_there_or_deletes_it(
        GitHubMaker maker
    )
    {
        await using var stand = await stands.StartAsync(maker);
        await stand.BranchAsync("topic");
        await stand.CommitAsync("Better", [new("a.txt", "a\n")], "topic");
        var pull = await stand.OpenPullAsync("topic", "Better");
        var comments = new GitHubPullComments(stand.Access(), "4711");
        var page = new PullCommentPage("my-app/production", JobId.New(stand.Time.GetUtcNow()), "On its way.");

        var id = (await comments.WriteAsync(stand.Repository, pull, null, page, Stop)).Value().ShouldNotBeNull();
        var live = page with { Text = "Live." };
        (await comments.WriteAsync(stand.Repository, pull, id, live, Stop)).Value().ShouldBe(id);
        var all = await stand.GetAsync($"/issues/{pull}/comments");
        all.EnumerateArray().ShouldHaveSingleItem().GetProperty("body").GetString().ShouldBe(live.Body);

        var one = string.Create(CultureInfo.InvariantCulture, $"/issues/comments/{id}");
        await stand.AskAsync(HttpMethod.Patch, one, new JsonObject { ["body"] = "Mine now." });
        (await comments.WriteAsync(stand.Repository, pull, id, live, Stop)).Value().ShouldBeNull();
        (await stand.GetAsync(one)).GetProperty("body").GetString().ShouldBe("Mine now.");
        await stand.AskAsync(HttpMethod.Delete, one);
        (await comments.WriteAsync(stand.Repository, pull, id, live, Stop))
            .Why()
            .Kind.ShouldBe(GitHubFaultKind.NotFound);
        (await stand.GrantedAsync()).ShouldBe(["""{"pull_requests":"write"}"""]);
    }
}
