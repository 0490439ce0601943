using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>What is stuck as the API shows it; the names are a public contract.</summary>
internal static class StuckView
{
    public static JsonObject Of(
        IEnumerable<Command> given,
        IEnumerable<Job> stuck,
        IEnumerable<UnreadableJob> unreadable
    ) =>
        new()
        {
            ["commands"] = new JsonArray([.. given.Select(Of)]),
            ["effects"] = new JsonArray([.. stuck.SelectMany(EffectsOf)]),
            ["jobs"] = new JsonArray([.. unreadable.Select(Of)]),
        };

    private static JsonObject Of(Command command) =>
        new()
        {
            ["app"] = command.App,
            ["environment"] = command.Environment,
            ["command"] = AnswerTexts.Verb(command.Wish),
            ["by"] = command.Actor.DisplayName,
            ["at"] = command.At,
            ["reason"] = command.Stuck,
        };

    private static IEnumerable<JsonObject> EffectsOf(Job job) =>
        job
            .Outbox.Where(entry => entry.IsStuck)
            .Select(entry => new JsonObject
            {
                ["job"] = job.Id.ToString(),
                ["app"] = job.App,
                ["environment"] = job.Environment,
                ["version"] = job.DisplayVersion,
                ["effect"] = StuckTexts.What(entry.Effect),
                ["since"] = entry.FailingSince,
                ["reason"] = entry.LastError,
            });

    private static JsonObject Of(UnreadableJob job) =>
        new()
        {
            ["id"] = job.Id,
            ["app"] = job.App,
            ["environment"] = job.Environment,
            ["rollout"] = job.Rollout.ToString(),
            ["reason"] = $"cannot be read by this version: {job.Why}",
            ["whatToDo"] = StuckTexts.WhatToDo,
        };
}
