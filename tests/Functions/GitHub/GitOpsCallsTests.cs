using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.GitHub;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.Functions.Support;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

/// <summary>Which commits of a GitOps repository came with the one that asks for a release, read over HTTP.</summary>
public sealed class GitOpsCallsTests : IAsyncLifetime
{
    private const string Place = "acme/gitops";
    private const string Path = "apps/shop";

    private static readonly string Unknown = new('9', 40);

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly GitHubApp app = new(4711, "devflow[bot]", Place)
    {
        Permissions = new GitHubPermissions { Contents = GitHubAccess.Read, PullRequests = GitHubAccess.Read },
    };
    private GitHubApi api = null!;
    private GitHubRepository repository = null!;
    private GitOpsCalls calls = null!;
    private string before = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var world = new GitHubWorld(time);
        world.AddApp(app);
        repository = world.AddRepository(Place, null);
        before = Commit("main", "Release 1.1.0", $"{Path}/values.yaml", "tag: 1.1.0\n");
        api = await GitHubApi.StartAsync(world, cancellation: Stop);
        var access = new GitHubAppAccess(
            () =>
                new InstallationTokens(
                    new AppCredentials("4711", app.PrivateKey),
                    api.Address,
                    api.GraphQlAddress,
                    time
                ),
            new GitHubLimits(time),
            time
        );
        var reader = new GitHubReader(access, time, new ListLogger<GitHubReader>());
        calls = new GitOpsCalls(reader, Place, new PullCalls(reader, Place));
    }

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        app.Dispose();
    }

    [Fact]
    public async Task Commits_of_the_path_on_either_side_of_it_belong_to_the_release_and_others_do_not()
    {
        var early = Commit("main", "Debug", $"{Path}/values.yaml", "tag: 1.1.0\ndebug: true\n", "Bob");
        Commit("main", "Elsewhere", "apps/other/values.yaml", "x: 1\n", "Carol");
        var announced = Commit("main", "Release 1.2.0", $"{Path}/values.yaml", "tag: 1.2.0\ndebug: true\n");
        var late = Commit("main", "More rights", $"{Path}/role.yaml", "kind: Role\n", "Dave");

        var told = (await ReadAsync(announced, late)).Value();

        told.KeptCommits(announced).Select(commit => commit.Sha).ShouldBe([late, early]);
        (told.HasAnnounced, told.IsCut).ShouldBe((true, false));
        var people = told.Identities().ToList();
        people.ShouldAllBe(identity => identity.IsOfGitOps);
        people.Select(identity => identity.Name).Distinct().Order().ShouldBe(["Bob", "Dave", "devflow[bot]"]);
        Files(told).ShouldBe([$"{Path}/role.yaml", $"{Path}/values.yaml"]);
    }

    [Fact]
    public async Task Of_a_commit_that_changed_other_folders_too_only_the_path_is_told()
    {
        repository.Commit(
            "main",
            "Everywhere",
            [new($"{Path}/role.yaml", "kind: Role\n"), new("apps/other/role.yaml", "kind: Role\n")],
            by: "Bob"
        );
        var announced = Commit("main", "Release 1.2.0", $"{Path}/values.yaml", "tag: 1.2.0\n");

        Files((await ReadAsync(announced, announced)).Value()).ShouldBe([$"{Path}/role.yaml", $"{Path}/values.yaml"]);
    }

    [Fact]
    public async Task Whoever_proposed_or_merged_one_of_them_is_behind_it_too()
    {
        repository.Branch("topic", "main");
        Commit("topic", "Debug", $"{Path}/debug.yaml", "on\n", "Bob");
        var pull = repository.Pulls.Open("topic", "main", "Debug", "", "bob-gh");
        repository.Pulls.Merge(pull.Number, "alice-gh");
        var announced = Commit("main", "Release 1.2.0", $"{Path}/values.yaml", "tag: 1.2.0\n");

        var told = (await ReadAsync(announced, announced)).Value();

        told.Identities()
            .ShouldContain(new AuthorIdentity(AuthorRole.Merger, "alice-gh", null, "alice-gh") { IsOfGitOps = true });
        told.KeptCommits(announced).ShouldContain(commit => commit.Pull == pull.Number);
    }

    [Fact]
    public async Task Where_it_is_not_known_what_was_synced_before_those_after_the_announced_one_count()
    {
        Commit("main", "Debug", $"{Path}/debug.yaml", "on\n", "Bob");
        var announced = Commit("main", "Release 1.2.0", $"{Path}/values.yaml", "tag: 1.2.0\n");
        var late = Commit("main", "More rights", $"{Path}/role.yaml", "kind: Role\n", "Dave");

        var told = (await calls.ReadAsync(announced, new GitOpsRange(Path, "main", null, null), Stop)).Value();

        told.KeptCommits(announced).Select(commit => commit.Sha).ShouldBe([late]);
        (told.HasAnnounced, told.IsBaseUnknown).ShouldBe((true, true));
    }

    [Fact]
    public async Task A_commit_that_the_branch_does_not_have_is_read_and_not_taken_for_one_of_the_branch()
    {
        repository.Branch("topic", "main");
        var announced = Commit("topic", "Release 1.2.0", $"{Path}/values.yaml", "tag: 1.2.0\n", "Bob");
        var other = Commit("main", "Release 1.2.0 (#1)", $"{Path}/values.yaml", "tag: 1.2.0\n", "Dave");

        foreach (var from in new[] { before, null })
        {
            var told = (await calls.ReadAsync(announced, new GitOpsRange(Path, "main", null, from), Stop)).Value();
            told.HasAnnounced.ShouldBeFalse();
            told.KeptCommits(announced).Select(commit => commit.Sha).ShouldBe([other]);
            told.Identities().Select(identity => identity.Name).ShouldContain("Bob");
        }
    }

    [Fact]
    public async Task More_commits_than_are_read_are_told_to_be_cut()
    {
        for (var number = 0; number <= IGitHub.MostOfPath; number++)
        {
            Commit("main", "Again", $"{Path}/values.yaml", $"replicas: {number}\n");
        }

        var announced = Commit("main", "Release 1.2.0", $"{Path}/values.yaml", "tag: 1.2.0\n");

        (await ReadAsync(announced, announced)).Value().IsCut.ShouldBeTrue();
    }

    [Fact]
    public async Task Where_GitHub_does_not_know_what_was_synced_before_the_announced_commit_takes_its_place_and_that_is_told()
    {
        Commit("main", "Debug", $"{Path}/debug.yaml", "on\n", "Bob");
        var announced = Commit("main", "Release 1.2.0", $"{Path}/values.yaml", "tag: 1.2.0\n");
        var late = Commit("main", "More rights", $"{Path}/role.yaml", "kind: Role\n", "Dave");

        var told = (await calls.ReadAsync(announced, new GitOpsRange(Path, "main", late, Unknown), Stop)).Value();

        told.IsBaseUnknown.ShouldBeTrue();
        told.KeptCommits(announced).Select(commit => commit.Sha).ShouldBe([late]);
    }

    [Fact]
    public async Task Where_GitHub_does_not_know_what_is_synced_the_branch_takes_its_place()
    {
        var announced = Commit("main", "Release 1.2.0", $"{Path}/values.yaml", "tag: 1.2.0\n");
        var late = Commit("main", "More rights", $"{Path}/role.yaml", "kind: Role\n", "Dave");

        var told = (await ReadAsync(announced, Unknown)).Value();

        told.IsBaseUnknown.ShouldBeFalse();
        told.KeptCommits(announced).Select(commit => commit.Sha).ShouldBe([late]);
    }

    [Fact]
    public async Task Of_an_announced_commit_that_GitHub_does_not_know_nothing_is_told()
    {
        (await ReadAsync(Unknown, before)).ShouldBeOfType<GitHubAnswer<GitOpsChanges>.Fault>();
    }

    [Fact]
    public async Task A_GitHub_that_does_not_answer_leaves_all_of_it_untold()
    {
        var announced = Commit("main", "Release 1.2.0", $"{Path}/values.yaml", "tag: 1.2.0\n");
        api.Faults = request =>
            request.Path.Contains("/compare/", StringComparison.Ordinal)
                ? new Devflow.ChatOps.Sandbox.GitHub.GitHubFault.Answer(503, "No")
                : null;

        (await ReadAsync(announced, announced)).Why().Kind.ShouldBe(GitHubFaultKind.Unavailable);
        api.Log.Calls.Count(call => call.Path.Contains("/compare/", StringComparison.Ordinal)).ShouldBe(1);
    }

    private Task<GitHubAnswer<GitOpsChanges>> ReadAsync(string announced, string synced) =>
        calls.ReadAsync(announced, new GitOpsRange(Path, "main", synced, before), Stop);

    private string Commit(string branch, string message, string path, string text, string by = "devflow[bot]") =>
        repository.Commit(branch, message, [new(path, text)], by: by);

    private static IEnumerable<string> Files(GitOpsChanges told) =>
        told.Files(new HashSet<string>()).Select(file => file.Path).Order(StringComparer.Ordinal);
}
