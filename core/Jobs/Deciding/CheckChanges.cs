using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>What people on GitHub change of a Job's check run; none of it changes the release.</summary>
public static class CheckChanges
{
    /// <summary>
    /// Somebody asked for the check run to be run again: it is drawn anew, as another run. Whoever may write the repository may
    /// ask as often as they like: what GitHub wants to wait for is waited for all the same.
    /// </summary>
    public static Job DrawnAgain(this Job job) =>
        job.Check is { IsNone: false } check
            ? job with
            {
                Check = check with { IsAskedAgain = true, Answer = null, Losses = 0 },
            }
            : job;

    /// <summary>A pull request was merged into its commit.</summary>
    public static Job MergedBy(this Job job, ReleasedPull pull) =>
        job.Check is { IsNone: false } check && check.Pull != pull
            ? job with
            {
                Check = check with { Pull = pull, ShownRevision = -1 },
            }
            : job;

    /// <summary>
    /// Somebody is to read what came of their press, on the check run: GitHub has no message for one pair of eyes. What was
    /// obeyed is shown by the run that goes on.
    /// </summary>
    public static Job Answering(this Job job, Command command, CommandOutcome outcome) =>
        job.Check is { IsNone: false } check && !outcome.IsOk && check.Answer?.Key != command.Key
            ? job with
            {
                Check = check with
                {
                    Answer = new CheckRunAnswer(command.Key, JobTexts.Who(command.Actor), outcome.Text, command.At),
                    ShownRevision = -1,
                },
            }
            : job;
}
