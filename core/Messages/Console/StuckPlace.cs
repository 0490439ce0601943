using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Core.Messages.Console;

/// <summary>An environment in which something was given up. Plain text: the page escapes it.</summary>
/// <param name="Target">Its entry of the catalog; <c>null</c> where there is none any more.</param>
public sealed record StuckPlace(string App, string Environment, ReleaseTarget? Target, IReadOnlyList<StuckThing> Things)
{
    /// <summary>Resuming helps, and there is an environment to resume.</summary>
    public bool CanResume => Target is not null && Things.Any(thing => thing.CanResume);

    /// <summary>Environments by name, and in each what is stuck, oldest first.</summary>
    public static IReadOnlyList<StuckPlace> Of(
        IEnumerable<Command> commands,
        IEnumerable<Job> jobs,
        IEnumerable<UnreadableJob> unreadable,
        ReleaseCatalog catalog
    ) =>
        [
            .. commands
                .Select(command => (command.App, command.Environment, Thing: StuckThing.Of(command)))
                .Concat(jobs.SelectMany(job => StuckThing.Of(job).Select(it => (job.App, job.Environment, Thing: it))))
                .Concat(unreadable.Select(job => (job.App, job.Environment, Thing: StuckThing.Of(job))))
                .GroupBy(it => (it.App, it.Environment))
                .OrderBy(place => place.Key.App, StringComparer.Ordinal)
                .ThenBy(place => place.Key.Environment, StringComparer.Ordinal)
                .Select(place => new StuckPlace(
                    OutsideText.Line(place.Key.App, 60),
                    OutsideText.Line(place.Key.Environment, 60),
                    catalog.FindTarget(place.Key.App, place.Key.Environment),
                    [.. place.Select(it => it.Thing).OrderBy(it => it.Since ?? DateTimeOffset.MinValue)]
                )),
        ];
}

/// <summary>A command or an effect that was given up after many tries, or a Job that cannot be read.</summary>
/// <param name="What">What was to be done.</param>
/// <param name="Detail">Of which release, or by whom.</param>
/// <param name="Since">When it was given, or began to fail; <c>null</c>: not known.</param>
/// <param name="CanResume">It may work when it is tried again.</param>
/// <param name="Job">The Job whose page tells more.</param>
public sealed record StuckThing(
    string What,
    string Detail,
    string Reason,
    DateTimeOffset? Since,
    bool CanResume,
    JobId? Job = null
)
{
    internal static StuckThing Of(Command command) =>
        new(
            AnswerTexts.Verb(command.Wish),
            ConsoleTexts.AskedBy(OutsideText.Line(JobTexts.Name(command.Actor), 80)),
            OutsideText.Line(command.Stuck ?? "", 300),
            command.At,
            command.Wish is not Wish.Unreadable
        );

    /// <summary>The effects of a Job that were given up.</summary>
    internal static IEnumerable<StuckThing> Of(Job job) =>
        job
            .Outbox.Where(entry => entry.IsStuck)
            .Select(entry => new StuckThing(
                StuckTexts.What(entry.Effect),
                ConsoleTexts.OfRelease(OutsideText.Line(job.DisplayVersion, 60)),
                OutsideText.Line(entry.LastError ?? "", 300),
                entry.FailingSince,
                CanResume: true,
                job.Id
            ));

    internal static StuckThing Of(UnreadableJob job) =>
        new(
            ConsoleTexts.UnreadableRelease,
            ConsoleTexts.OfJob(OutsideText.Line(job.Id, 60)),
            $"{OutsideText.Line(job.Why, 300)} {StuckTexts.WhatToDo}",
            null,
            CanResume: false
        );
}
