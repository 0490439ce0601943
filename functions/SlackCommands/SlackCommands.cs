using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Commands;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;
using Microsoft.Extensions.Primitives;

namespace Devflow.ChatOps.Functions.SlackCommands;

/// <summary>
/// Slash commands. Slack waits 3 s and shows only what a 200 says, so every answer after the signature is a 200
/// (https://docs.slack.dev/interactivity/implementing-slash-commands).
/// </summary>
public static class SlackCommands
{
    public const string Route = "slack/commands";

    /// <summary>How long a command is worked on before it is answered with "on it".</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder app) => app.MapPost(Route, HandleAsync);

    private static async Task<IResult> HandleAsync(
        HttpRequest request,
        IServiceProvider services,
        CancellationToken stop
    )
    {
        var slack = services.GetRequiredService<SlackRequest>();
        var (form, refusal) = await slack.ReadAsync(request, stop);
        if (form is null)
        {
            return refusal!;
        }

        if (Field(form, "ssl_check") == "1")
        {
            return Results.Ok();
        }

        if (!slack.IsKnown(Field(form, "team_id"), Field(form, "api_app_id")))
        {
            return SlackRequest.Stranger();
        }

        if (Field(form, "user_id") is not { } user || Field(form, "command") is not { } command)
        {
            return Problems.Of(400, "malformed", "user_id or command is missing.");
        }

        try
        {
            return await services
                .GetRequiredService<SlashHandler>()
                .HandleAsync(
                    new Typed(
                        command,
                        Field(form, "text") ?? "",
                        user,
                        Field(form, "user_name"),
                        Field(form, "channel_id")
                    )
                    {
                        Key = "slack:" + (Field(form, "trigger_id") ?? request.Headers["X-Slack-Signature"].ToString()),
                        ResponseUrl = Field(form, "response_url"),
                    },
                    stop
                );
        }
        catch (StoreUnavailableException fault)
        {
            SlashHandler.StoreDown(services.GetRequiredService<ILogger<SlashHandler>>(), fault.Message);
            return SlashHandler.EphemeralLine(AnswerTexts.StoreDown);
        }
        catch (StoredStateException fault)
        {
            SlashHandler.Unreadable(services.GetRequiredService<ILogger<SlashHandler>>(), fault);
            return SlashHandler.EphemeralLine(StuckTexts.CannotRead(fault.Message));
        }
    }

    internal static string? Field(Dictionary<string, StringValues> form, string name) =>
        form.TryGetValue(name, out var values) && values.Count == 1 && values[0] is { Length: > 0 } value
            ? value
            : null;
}

/// <summary>A slash command as it was typed.</summary>
internal sealed record Typed(string Command, string Text, string User, string? UserName, string? Channel)
{
    public required string Key { get; init; }
    public string? ResponseUrl { get; init; }
}

/// <summary>Answers a typed command: at once where reading is enough, else through the inbox.</summary>
internal sealed partial class SlashHandler(
    IStore store,
    Inbox inbox,
    CatalogSource catalogs,
    SlackSettings settings,
    SlackViewers viewers,
    PromotePlanner planner,
    SecretBox box,
    TimeProvider clock
)
{
    private const int LongestText = 2_000;

    public async Task<IResult> HandleAsync(Typed typed, CancellationToken stop)
    {
        var catalog = catalogs.Current!;
        var now = clock.GetUtcNow();
        var text = Plain.OneLine(typed.Text, LongestText);
        return SlashText.Parse(settings.Commands.ToNames(), typed.Command, text, catalog, now) switch
        {
            SlashRequest.Refused refused => await RefuseAsync(typed, refused.Why, catalog, now, stop),
            SlashRequest.Help => Ephemeral(StatusTexts.Help(settings.Commands.ToNames())),
            SlashRequest.Status
            or SlashRequest.Jobs
            or SlashRequest.Planned
                when await viewers.RefuseAsync(catalog, Actor.FromSlack(catalog, typed.User, typed.UserName), stop)
                    is { } refused => await RefuseAsync(typed, refused.Why, catalog, now, stop, refused.More),
            SlashRequest.Status status => await StatusAsync(status.Target, now, stop),
            SlashRequest.Jobs jobs => await ListAsync(jobs.Target, stop),
            SlashRequest.Planned planned => await PlanAsync(typed, planned, catalog, now, stop),
            SlashRequest.Wished wished => await WishAsync(typed, wished, catalog, now, stop),
            _ => throw new InvalidOperationException("A request that nobody answers."),
        };
    }

    private async Task<IResult> RefuseAsync(
        Typed typed,
        Refusal why,
        ReleaseCatalog catalog,
        DateTimeOffset now,
        CancellationToken stop,
        string more = ""
    )
    {
        var who = Actor.FromSlack(catalog, typed.User, typed.UserName);
        var entry = RefusedEntry.Of(now, who, typed.Command, typed.Text, why);
        await store.AppendAsync(RefusedEntry.Id(typed.Key), entry, stop);
        return EphemeralLine(RefusalTexts.Sentence(why) + more);
    }

    private async Task<IResult> ListAsync(ReleaseTarget? target, CancellationToken stop)
    {
        var rollout = target is null ? null : RolloutOf(target);
        var filter = new JobFilter(target?.App.Name, target?.Environment.Name);
        var newest = await store.ListJobsAsync(filter, 15, null, stop);
        var commands = await store.StuckCommandsAsync(rollout, MostStuck, stop);
        var unreadable = await store.UnreadableJobsAsync(rollout, MostStuck, stop);
        var stuck = await store.StuckJobsAsync(MostStuck, stop);
        return Ephemeral(
            StatusTexts.Jobs(
                newest,
                commands.Count,
                unreadable,
                [.. stuck.Where(job => rollout is null || job.Rollout == rollout)]
            )
        );
    }

    private async Task<IResult> StatusAsync(ReleaseTarget target, DateTimeOffset now, CancellationToken stop)
    {
        var rollout = RolloutOf(target);
        var jobs = await ReadableAsync(rollout, stop);
        var held = await store.FindLockAsync(target.App.Name, target.Environment.Name, now, stop);
        var stuck = await store.StuckCommandsAsync(rollout, MostStuck, stop);
        var unreadable = await store.UnreadableJobsAsync(rollout, MostStuck, stop);
        return Ephemeral(
            StatusTexts.Status(jobs.Current, jobs.Pending, held, target, now, stuck.Count, unreadable, jobs.Unfinished)
        );
    }

    /// <summary>None where a decision would need one that cannot be read: that is told in their place.</summary>
    private async Task<RolloutJobs> ReadableAsync(RolloutRef rollout, CancellationToken stop)
    {
        try
        {
            return await store.JobsOfAsync(rollout, stop);
        }
        catch (StoredStateException)
        {
            return RolloutJobs.None;
        }
    }

    private async Task<IResult> WishAsync(
        Typed typed,
        SlashRequest.Wished wished,
        ReleaseCatalog catalog,
        DateTimeOffset now,
        CancellationToken stop
    )
    {
        var command = await CommandOfAsync(typed, wished.Wish, wished.Target, catalog, now, stop);
        var sealedUrl = typed.ResponseUrl is { } url ? box.Seal(Encoding.UTF8.GetBytes(url)) : null;
        var receipt = await inbox.SubmitAsync(command, sealedUrl, SlackCommands.Budget, stop);
        return EphemeralLine(receipt.Command.Outcome?.Text ?? AnswerTexts.Working);
    }

    private async Task<IResult> PlanAsync(
        Typed typed,
        SlashRequest.Planned planned,
        ReleaseCatalog catalog,
        DateTimeOffset now,
        CancellationToken stop
    )
    {
        var command = await CommandOfAsync(typed, planned.Wish, planned.Target, catalog, now, stop);
        var (plan, request, groups, at) = await planner.PlanAsync(command, planned.Wish, planned.Target, catalog, stop);
        return Ephemeral(PlanTexts.Plan(plan, planned.Target, request, AnswerTexts.Unread(groups), at));
    }

    private async Task<Command> CommandOfAsync(
        Typed typed,
        Wish wish,
        ReleaseTarget target,
        ReleaseCatalog catalog,
        DateTimeOffset now,
        CancellationToken stop
    )
    {
        // What was typed means the Job of this moment; if another takes its place meanwhile, it is refused (design 5).
        var rollout = RolloutOf(target);
        var current = (await store.JobsOfAsync(rollout, stop)).Current;
        return new Command(
            typed.Key,
            wish,
            Actor.FromSlack(catalog, typed.User, typed.UserName),
            new Origin("slack", typed.Channel, typed.ResponseUrl is not null),
            target.App.Name,
            target.Environment.Name,
            rollout,
            now
        )
        {
            Saw = current?.Release is { } release
                ? new Sight(current.Id, release.Attempt, release.Hash, FromButton: false)
                : null,
        };
    }

    private static RolloutRef RolloutOf(ReleaseTarget target) =>
        new(target.Environment.Cluster, target.Environment.Namespace, target.Environment.Rollout);

    /// <summary>More are not counted.</summary>
    private const int MostStuck = 100;

    /// <summary>A line of plain text, escaped here.</summary>
    internal static IResult EphemeralLine(string text) =>
        Results.Json(new JsonObject { ["response_type"] = "ephemeral", ["text"] = Mrkdwn.Text(text, 2_500) });

    internal static IResult Ephemeral(SlackMessage message) =>
        Results.Json(
            new JsonObject
            {
                ["response_type"] = "ephemeral",
                ["text"] = message.Text,
                ["blocks"] = message.Blocks.DeepClone(),
            }
        );

    [LoggerMessage(LogLevel.Error, "A slash command was not written down: {Reason}")]
    public static partial void StoreDown(ILogger log, string reason);

    [LoggerMessage(LogLevel.Error, "A slash command was not taken: what is stored of its release cannot be read.")]
    public static partial void Unreadable(ILogger log, StoredStateException fault);
}
