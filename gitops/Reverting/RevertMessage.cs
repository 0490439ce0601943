using Devflow.ChatOps.GitOps.Editing;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.Reverting;

/// <summary>The words of a rollback's commit and pull request.</summary>
public static class RevertMessage
{
    public static ReleaseTrailers Trailers(RevertOrder order, RevertPlan.Write plan) =>
        new()
        {
            App = order.App,
            Environment = order.Environment,
            Images = [order.Target],
            // A tombstone for what is to stand there again would be for the good version.
            RolledBack = order.Bad is { } bad && !order.IsOfConfiguration ? [bad] : [],
            Rollback = order.Id,
            Reason = ReleaseTrailers.Harmless(order.Reason),
            Actor = ReleaseTrailers.Harmless(order.Actor),
            ImageOnly = plan.ImageOnly,
        };

    /// <summary>The whole commit message.</summary>
    public static string Commit(RevertOrder order, RevertPlan.Write plan) =>
        Trailers(order, plan).Below($"{Title(order)}\n\n{Text(order, plan)}");

    /// <summary>Title and text of a pull request. The trailers are in the text, so that a squash merge keeps them.</summary>
    public static (string Title, string Body) PullRequest(RevertOrder order, RevertPlan.Write plan)
    {
        var files = plan.Files.Select(file => file.Path).Concat(plan.Deletions).Order(StringComparer.Ordinal);
        return ReleaseMessage.PullRequest(Title(order), Text(order, plan), files, Trailers(order, plan));
    }

    /// <summary>The branch of the one pull request by which an environment of an app is rolled back.</summary>
    public static string PullRequestBranch(RevertOrder order) => PullRequestBranch(order.App, order.Environment);

    /// <summary>The same, for whoever is told of a branch.</summary>
    public static string PullRequestBranch(string app, string environment) =>
        ReleaseMessage.PullRequestBranch(BranchPrefix, app, environment);

    /// <summary>What every such branch begins with, before a slash.</summary>
    public const string BranchPrefix = "devflow-rollback";

    private static string Title(RevertOrder order)
    {
        var bad = order.Bad is { } image ? $"{ImageSearch.Version(image.Tag, image.Digest)} -> " : "";
        var target = ImageSearch.Version(order.Target.Tag, order.Target.Digest);
        return ReleaseTrailers.OneLine($"Roll back {order.App} ({order.Environment}): {bad}{target}");
    }

    private static string Text(RevertOrder order, RevertPlan.Write plan)
    {
        var by = order.Actor.Length > 0 ? $"Rolled back by {ReleaseTrailers.Harmless(order.Actor)}." : "Rolled back.";
        var why = order.Reason.Length > 0 ? $" Reason: {ReleaseTrailers.Harmless(order.Reason)}" : "";
        var how = plan.ImageOnly is { } obstacle
            ? $"Only the image was restored, because {obstacle}. The configuration may differ from what it was."
            : "The files are what they were before the release.";
        return $"{ReleaseTrailers.OneLine(by + why)}\n\n{how}";
    }
}
