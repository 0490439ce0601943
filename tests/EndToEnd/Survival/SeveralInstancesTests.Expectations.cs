using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Tests.DocumentDb;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Tests.EndToEnd.Survival;

/// <content>What must be so in the end.</content>
public sealed partial class SeveralInstancesTests
{
    private static void ShouldBeRight(string app, RolloutJobs jobs, StandIns outside)
    {
        var job = jobs.Current.ShouldNotBeNull(app);
        job.Status.ShouldBe(JobStatus.Succeeded, app);
        job.Images.ShouldBe([StandIns.Image(app, "v2")], app);
        job.Steps.ShouldAllBe(step => step.Status == StepStatus.Succeeded || step.Status == StepStatus.Skipped, app);
        job.Outbox.ShouldBeEmpty(app);
        job.Release!.Hash.ToString().ShouldBe(outside.Rollout(app)["status"]!["stableRS"]!.GetValue<string>(), app);
        jobs.Pending.ShouldBeEmpty(app);
        jobs.Unfinished.ShouldBeEmpty(app);
        (job.Promotion is not null).ShouldBe(Waits(app), app);
    }

    /// <param name="promoted">A person had it promoted.</param>
    internal static void ShouldHaveHappenedOnce(string app, StandIns outside, bool promoted)
    {
        var messages = outside.Workspace.Messages(StandIns.ChannelOf(app));
        var all = app + ":\n" + string.Join('\n', messages.Select(it => $"{Operation(it)} {it.Content.Text}"));
        outside.Cards(app).Count.ShouldBe(1, all);
        messages.Select(Operation).ShouldBeUnique(all);
        var patches = outside
            .Patches(app)
            .Where(patch => patch.Status == 200 && patch.Body.Contains("pauseConditions", StringComparison.Ordinal))
            .ToList();
        patches.Count.ShouldBe(promoted ? 1 : 0, app);
    }

    private static async Task ShouldBeAnsweredOnceAsync(
        string app,
        Task<Typed>? promote,
        StandIns outside,
        TemporaryMongo database
    )
    {
        if (promote is null)
        {
            return;
        }

        var typed = await promote;
        var commands = await CommandsAsync(app, database);
        var all = $"{app}: {typed}\n{string.Join('\n', commands)}";
        commands.Count.ShouldBeInRange(1, typed.Tries, all);
        var later = outside
            .Workspace.Ephemerals(StandIns.Alice)
            .Count(it =>
                it.ChannelId == StandIns.ChannelOf(app)
                && !it.IsFromSlack
                && !StandIns.Says(it.Content, AnswerTexts.Working)
                && !StandIns.Says(it.Content, AnswerTexts.StoreDown)
            );
        // What is answered at once is shown by Slack as an ephemeral message, too. An answer that was on its way when its
        // instance was killed is lost; people see that, and type again.
        later.ShouldBeInRange(1, commands.Count, all);
    }

    private static string Operation(Sandbox.Slack.SlackMessage message) =>
        message.Metadata!.Value.GetProperty("event_payload").GetRawText();
}
