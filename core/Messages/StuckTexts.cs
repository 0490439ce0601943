using System.Globalization;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>What is said about commands and effects that were given up. Plain text.</summary>
public static class StuckTexts
{
    /// <summary>An effect of the Job was given up.</summary>
    public static string Patch(OutboxEntry entry) =>
        $"The cluster did not take the {What(entry.Effect)} for a day, so I stopped trying: "
        + $"{Plain.OneLine(entry.LastError, 200)}. When that is mended, “resume” tries it again.";

    /// <summary>What an effect does, in a word or two.</summary>
    public static string What(Effect effect) =>
        effect switch
        {
            Effect.PatchRollout patch => PatchAudit.Kind(patch.Patch).ToLowerInvariant(),
            Effect.RevertGit => "revert in Git",
            Effect.RefreshApplication => "refresh of Argo CD",
            _ => "entry of the audit",
        };

    /// <summary>Behind a status or a list: that something is stuck, and what to do; <c>null</c> when nothing is.</summary>
    public static string? Line(int commands, int effects)
    {
        if (commands + effects == 0)
        {
            return null;
        }

        var of = string.Join(
            " and ",
            new[] { Count(commands, "command"), Count(effects, "effect") }.Where(part => part.Length > 0)
        );
        return $"{of} stuck after many tries. An administrator looks into the log, and “resume” tries again.";
    }

    /// <summary>A Job that is stored and cannot be read, and what to do about it.</summary>
    public static string Unreadable(UnreadableJob job) =>
        $"{job.App} {job.Environment}: Job {job.Id} of {job.Rollout} cannot be read by this version: {job.Why} "
        + WhatToDo;

    /// <summary>The answer where what is asked for would need what cannot be read.</summary>
    public static string CannotRead(string why) =>
        $"Nothing was done: what is stored of this release cannot be read by this version: {Plain.OneLine(why, 300)} "
        + WhatToDo;

    /// <summary>What to do about a Job that cannot be read.</summary>
    public const string WhatToDo =
        "Run the version that wrote it, or restore it from a backup; until then this environment may stand still.";

    /// <summary>What came of resuming.</summary>
    public static string Resumed(int commands, int effects, string app, string environment) =>
        $"Trying again for {app} {environment}: "
        + string.Join(
            " and ",
            new[] { Count(commands, "command"), Count(effects, "effect") }.Where(part => part.Length > 0)
        )
        + ".";

    private static string Count(int count, string what) =>
        count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
