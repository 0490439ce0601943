using System.Text.Json;
using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Tests.Functions.GitHub.Stands;

/// <summary>A release as the check runs of its commit show it, read back over HTTP.</summary>
public sealed class StandCheckRunTests(GitHubStands stands)
{
    public static MatrixTheoryData<GitHubMaker, (JobStatus, string)> Ends { get; } =
        new(
            [GitHubMaker.Us, GitHubMaker.Emulate],
            [
                (JobStatus.Failed, "failure"),
                (JobStatus.SyncFailed, "failure"),
                (JobStatus.RolledBack, "cancelled"),
                (JobStatus.Cancelled, "cancelled"),
                (JobStatus.Superseded, "neutral"),
                (JobStatus.NoChange, "neutral"),
            ]
        );

    [Theory]
    [InlineData(GitHubMaker.Us)]
    [InlineData(GitHubMaker.Emulate)]
    public async Task A_release_waits_on_a_completed_run_and_goes_on_as_another_run(GitHubMaker maker)
    {
        await using var stand = await stands.StartAsync(maker);
        var scene = await SceneAsync(stand);
        await scene.CreateAsync();
        await scene.SettleCheckAsync();
        await scene.ChangeAsync(JobStatus.Running, job => ReleaseScene.Bound(job));
        await scene.SettleCheckAsync();
        var going = (await RunsAsync(stand)).ShouldHaveSingleItem();
        StatesOf(going).ShouldBe("in_progress");
        going.GetProperty("output").GetProperty("summary").GetString()!.ShouldContain("| Step | | Since |");

        await scene.WaitForApprovalAsync(scene.Now);
        await scene.SettleCheckAsync();
        var waiting = (await RunsAsync(stand)).ShouldHaveSingleItem();
        StatesOf(waiting).ShouldBe("completed action_required");
        waiting.GetProperty("details_url").GetString().ShouldBe("https://my-app.example.com/");

        await scene.ChangeAsync(JobStatus.Running);
        await scene.SettleCheckAsync();
        (await RunsAsync(stand)).Select(StatesOf).ShouldBe(["completed action_required", "in_progress"]);
        await scene.ChangeAsync(JobStatus.Succeeded);
        await scene.SettleCheckAsync();

        var all = await RunsAsync(stand);
        all.Select(StatesOf).ShouldBe(["completed action_required", "completed success"]);
        all.Select(run => run.GetProperty("external_id").GetString()).ShouldBe([$"{scene.Id}:1:1", $"{scene.Id}:1:2"]);
        all.ShouldAllBe(run => run.GetProperty("name").GetString() == ReleaseScene.Name);
        (await stand.GrantedAsync()).ShouldContain("""{"checks":"write"}""");
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Each_end_has_its_conclusion(GitHubMaker maker, (JobStatus Status, string Conclusion) end)
    {
        await using var stand = await stands.StartAsync(maker);
        var scene = await SceneAsync(stand);
        await scene.CreateAsync(JobStatus.Running, job => ReleaseScene.Bound(job));
        await scene.SettleCheckAsync();
        await scene.ChangeAsync(end.Status);
        await scene.SettleCheckAsync();

        (await RunsAsync(stand)).Select(StatesOf).ShouldBe([$"completed {end.Conclusion}"]);
    }

    private static async Task<ReleaseScene> SceneAsync(GitHubStand stand) =>
        new(stand.Access(), stand.Time, stand.Repository, await stand.HeadAsync());

    /// <summary>All of the commit's, oldest first.</summary>
    private static async Task<IReadOnlyList<JsonElement>> RunsAsync(GitHubStand stand)
    {
        var answer = await stand.GetAsync($"/commits/{await stand.HeadAsync()}/check-runs?filter=all");
        return [.. answer.GetProperty("check_runs").EnumerateArray().OrderBy(run => run.GetProperty("id").GetInt64())];
    }

    private static string StatesOf(JsonElement run) =>
        $"{run.GetProperty("status").GetString()} {run.GetProperty("conclusion").GetString()}".TrimEnd();
}
