using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Core.Policy;

/// <summary>What somebody had to do with the content of a release.</summary>
public enum AuthorRole
{
    /// <summary>Author of a commit.</summary>
    Author,

    /// <summary>Committer of a commit.</summary>
    Committer,

    /// <summary>Named by a `Co-authored-by` trailer.</summary>
    CoAuthor,

    /// <summary>Merged the pull request.</summary>
    Merger,

    /// <summary>Asked for the release.</summary>
    Requester,
}

/// <summary>One of the people behind a release, as far as Git, GitHub or a command told.</summary>
/// <param name="Role">What they did.</param>
/// <param name="GitHubLogin">GitHub login, when known.</param>
/// <param name="SlackUserId">Slack user id, when known.</param>
/// <param name="Name">Name or mail address for people to read; never compared. Text from outside.</param>
public sealed partial record AuthorIdentity(AuthorRole Role, string? GitHubLogin, string? SlackUserId, string? Name)
{
    /// <summary>They made the commit that asks for the release, in the GitOps repository; else what is released.</summary>
    public bool IsOfGitOps { get; init; }

    /// <summary>Whether this is an account that commits for people but can press nothing: an app, or GitHub's merge button.</summary>
    public bool IsMachine =>
        GitHubLogin is { } login
        && (
            login.EndsWith("[bot]", StringComparison.OrdinalIgnoreCase)
            || string.Equals(login, "web-flow", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>
    /// Somebody of whom a commit says only a name and a mail address; GitHub's own no-reply addresses carry the login
    /// (https://docs.github.com/account-and-profile/reference/email-addresses-reference). Anybody can write an address: one of
    /// a machine names an unknown author or committer, else people could hide behind it. A co-author more hides nobody.
    /// </summary>
    public static AuthorIdentity FromCommit(AuthorRole role, string name, string email)
    {
        var match = NoReply().Match(email);
        var machine = string.Equals(email, "noreply@github.com", StringComparison.OrdinalIgnoreCase);
        var login =
            match.Success ? match.Groups["login"].Value
            : machine ? "web-flow"
            : null;
        var said = new AuthorIdentity(role, login, null, name);
        return said.IsMachine && role != AuthorRole.CoAuthor ? said with { GitHubLogin = null } : said;
    }

    /// <summary>Whoever asked for the release.</summary>
    public static AuthorIdentity Requester(Actor actor) =>
        new(AuthorRole.Requester, actor.GitHubLogin, actor.SlackUserId, actor.PersonName ?? actor.DisplayName);

    [GeneratedRegex(
        @"\A([0-9]+\+)?(?<login>[A-Za-z0-9_-]+(\[bot\])?)@users\.noreply\.github\.com\z",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex NoReply();
}

/// <summary>Why not everybody behind a release may be known.</summary>
public enum AuthorGap
{
    /// <summary>Everybody whom the sources name is known.</summary>
    None,

    /// <summary>GitHub was not asked yet, or did not answer.</summary>
    NotTold,

    /// <summary>There are more commits than are read.</summary>
    TooMany,

    /// <summary>It was announced without its source commit.</summary>
    NoCommit,

    /// <summary>It was announced without the commit of the GitOps repository that asks for it.</summary>
    NoGitOpsCommit,

    /// <summary>What was live before is not known, and so it is not which commits are new.</summary>
    NoBase,
}

/// <summary>Everybody behind a release.</summary>
/// <param name="Identities">In the order they were found; empty when nothing is known.</param>
public sealed record Authors(IReadOnlyList<AuthorIdentity> Identities)
{
    /// <summary>Why somebody may be missing.</summary>
    public AuthorGap Gap { get; init; }

    /// <summary>Nothing is known about who made the release.</summary>
    public static readonly Authors Unknown = new([]);
}
