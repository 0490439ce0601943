using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.GitHub;
using Devflow.ChatOps.Tests.Functions.Support;

namespace Devflow.ChatOps.Tests.Functions.GitHub.Stands;

/// <summary>What a release brings, and who is in a team.</summary>
public sealed class StandReadingTests(GitHubStands stands)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(GitHubMaker.Us)]
    [InlineData(GitHubMaker.Emulate)]
    public async Task What_lies_between_two_commits_is_told_oldest_first_with_logins_where_there_are_any(
        GitHubMaker maker
    )
    {
        await using var stand = await stands.StartAsync(maker);
        var first = await stand.HeadAsync();
        await stand.CommitAsync("One", [new("values.yaml", "replicas: 2\n")], by: "Bob");
        var head = await stand.CommitAsync("Two", [new("values.yaml", "replicas: 3\n")], by: "Eve");
        var reader = Reader(stand);

        var told = (await reader.CompareAsync(stand.Repository, first, head, GitComparison.MostCommits, Stop)).Value();

        (told.Total, told.Behind).ShouldBe((2, 0));
        told.Commits.Select(commit => commit.Message).ShouldBe(["One", "Two"]);
        told.Commits.Select(commit => commit.Author.Login).ShouldBe(["bob-gh", null]);
        told.Commits[1].Author.ShouldBe(new GitPerson(null, "Eve", "eve@example.com"));
        (await reader.CompareAsync(stand.Repository, head, first, GitComparison.MostCommits, Stop))
            .Value()
            .Behind.ShouldBe(2);
        (await stand.GrantedAsync()).ShouldBe(["""{"contents":"read"}"""]);
    }

    [Theory]
    [InlineData(GitHubMaker.Us)]
    [InlineData(GitHubMaker.Emulate)]
    public async Task A_commit_tells_its_files_with_what_changed_in_them(GitHubMaker maker)
    {
        await using var stand = await stands.StartAsync(maker);
        await stand.CommitAsync("Begin", [new("values.yaml", "replicas: 1\n")]);
        var commit = await stand.CommitAsync("Scale", [new("values.yaml", "replicas: 2\n"), new("new.yaml", "a: 1\n")]);

        var told = (await Reader(stand).CommitAsync(stand.Repository, commit, Stop)).Value();

        (told.Commit.Sha, told.IsCut).ShouldBe((commit, false));
        told.Files.Select(file => $"{file.Status} {file.Path} +{file.Additions} -{file.Deletions}")
            .Order()
            .ShouldBe(["added new.yaml +1 -0", "modified values.yaml +1 -1"]);
        told.Files.Single(file => file.Path == "values.yaml").Patch!.ShouldContain("-replicas: 1\n+replicas: 2");
        (await stand.GrantedAsync()).ShouldBe(["""{"contents":"read"}"""]);
    }

    [Theory]
    [InlineData(GitHubMaker.Us)]
    [InlineData(GitHubMaker.Emulate)]
    public async Task A_file_that_has_only_moved_is_one_change_without_lines(GitHubMaker maker)
    {
        await using var stand = await stands.StartAsync(maker);
        await stand.CommitAsync("Begin", [new("old/values.yaml", "replicas: 1\n"), new("gone.yaml", "a: 1\n")]);
        var commit = await stand.CommitAsync(
            "Move",
            [new("old/values.yaml", null), new("gone.yaml", null), new("new/values.yaml", "replicas: 1\n")]
        );

        var told = (await Reader(stand).CommitAsync(stand.Repository, commit, Stop)).Value();

        told.Files.Select(file => $"{file.Status} {file.Path} +{file.Additions} -{file.Deletions}")
            .Order()
            .ShouldBe(["removed gone.yaml +0 -1", "renamed new/values.yaml +0 -0"]);
        told.Files.Single(file => file.Status == "renamed").Patch.ShouldBeNull();
    }

    [Theory]
    [InlineData(GitHubMaker.Us)]
    [InlineData(GitHubMaker.Emulate)]
    public async Task A_pull_request_tells_who_opened_and_who_merged_it(GitHubMaker maker)
    {
        await using var stand = await stands.StartAsync(maker);
        await stand.BranchAsync("topic");
        await stand.CommitAsync("Better", [new("values.yaml", "replicas: 5\n")], "topic", by: "Bob");
        var pull = await stand.OpenPullAsync("topic", "Better");
        var reader = Reader(stand);
        (await reader.PullAsync(stand.Repository, pull, Stop)).Value().MergedBy.ShouldBeNull();
        await stand.MergeAsync(pull);

        (await reader.PullAsync(stand.Repository, pull, Stop))
            .Value()
            .ShouldBe(new GitPull(pull, "Better", "alice-gh", "alice-gh"));
        (await stand.GrantedAsync()).ShouldBe(["""{"pull_requests":"read"}"""]);
    }

    [Theory]
    [InlineData(GitHubMaker.Us)]
    [InlineData(GitHubMaker.Emulate)]
    public async Task Members_of_a_team_are_told_and_a_team_that_is_not_there_is_a_fault(GitHubMaker maker)
    {
        await using var stand = await stands.StartAsync(maker);
        var reader = Reader(stand);

        (await reader.TeamMembersAsync(stand.Team, Stop)).Value().Order().ShouldBe(["alice-gh", "bob-gh"]);
        (await reader.TeamMembersAsync($"{stand.Team}-of-another-name", Stop))
            .Why()
            .Kind.ShouldBe(GitHubFaultKind.NotFound);
    }

    [Theory]
    [InlineData(GitHubMaker.Us)]
    [InlineData(GitHubMaker.Emulate)]
    public async Task Whoever_has_another_key_or_was_not_granted_it_gets_no_token(GitHubMaker maker)
    {
        await using var stand = await stands.StartAsync(maker, mayWrite: false);
        var head = await stand.HeadAsync();
        (await Reader(stand).CommitAsync(stand.Repository, head, Stop)).Value().Commit.Sha.ShouldBe(head);

        var forged = (await Reader(stand, isForged: true).CommitAsync(stand.Repository, head, Stop)).Why();
        forged.Kind.ShouldBe(GitHubFaultKind.NotAuthorized);
        forged.Message.ShouldContain("private key");
        var denied = (await Reader(stand).PullAsync(stand.Repository, 1, Stop)).Why();
        denied.Kind.ShouldBe(GitHubFaultKind.NotAuthorized);
        denied.Message.ShouldContain("pull_requests: read");
    }

    private static GitHubReader Reader(GitHubStand stand, bool isForged = false) =>
        new(stand.Access(isForged), stand.Time, new ListLogger<GitHubReader>());
}
