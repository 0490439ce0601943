namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>A rule against writing a branch, in GitHub's words and by the way it is refused.</summary>
/// <param name="IsRuleset">Rulesets say more, and have no error type of their own in GraphQL.</param>
/// <param name="Status">REST's status.</param>
/// <param name="Bypass">Logins to which it does not apply.</param>
public sealed record GitHubProtection(string Message, bool IsRuleset, int Status, IReadOnlySet<string> Bypass)
{
    /// <summary>"Require a pull request before merging", the older way.</summary>
    public static GitHubProtection RequiresPullRequest(params IEnumerable<string> bypass) =>
        new("Changes must be made through a pull request.", IsRuleset: false, 422, bypass.ToHashSet());

    /// <summary>The same by a ruleset.</summary>
    public static GitHubProtection Ruleset(params IEnumerable<string> bypass) =>
        new(
            "Repository rule violations found\n\nChanges must be made through a pull request.\n\n",
            IsRuleset: true,
            422,
            bypass.ToHashSet()
        );

    /// <summary>"Restrict who can push".</summary>
    public static GitHubProtection RestrictsPushes(params IEnumerable<string> bypass) =>
        new(
            "You're not authorized to push to this branch. Visit https://docs.github.com/articles/about-protected-branches/ for more information.",
            IsRuleset: false,
            403,
            bypass.ToHashSet()
        );
}
