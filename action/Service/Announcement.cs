using System.Globalization;
using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Reporting;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Action.Service;

/// <summary>What is announced of a run that wrote Git.</summary>
internal static class Announcement
{
    public static JobAnnouncement Of(RunReport report, ServiceAccess access)
    {
        var order = report.Request!.Order;
        var image = order.Images[0];
        return new JobAnnouncement
        {
            App = order.App,
            Environment = order.Environment,
            Image = image.Name.Text,
            Tag = image.Tag,
            Digest = image.Digest,
            GitopsRepository = order.Repository,
            GitopsCommit = report.Commit?.Value,
            GitopsParent = (report.Outcome as ReleaseOutcome.Committed)?.Parent.Value,
            SourceCommit = order.SourceCommit,
            RunId = access.RunId.ToString(CultureInfo.InvariantCulture),
            RunAttempt = order.Run.Attempt,
            Actor = order.Actor.Length == 0 ? null : order.Actor,
        };
    }
}
