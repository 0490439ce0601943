using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Core.Catalog.Reading;

/// <summary>What a text of the catalog must look like.</summary>
/// <param name="Expected">Completes “must be …”.</param>
/// <param name="Fits">Whether a text does.</param>
internal sealed partial record TextRule(string Expected, Func<string, bool> Fits)
{
    /// <summary>Names that people type in commands and that stand in addresses.</summary>
    public static readonly TextRule Name = Pattern(
        "a name of letters, digits, \".\", \"_\" and \"-\" that starts with a letter or digit, at most 63 long",
        NamePattern()
    );

    /// <summary>RFC 1123 label: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/.</summary>
    public static readonly TextRule Namespace = Pattern(
        "a Kubernetes namespace (lower-case letters, digits and \"-\", at most 63 long)",
        LabelPattern()
    );

    /// <summary>RFC 1123 subdomain, as Rollouts and Applications are named.</summary>
    public static readonly TextRule KubernetesName = new(
        "a Kubernetes name (lower-case letters, digits, \"-\" and \".\", at most 253 long)",
        text => text.Length <= 253 && SubdomainPattern().IsMatch(text)
    );

    public static readonly TextRule SlackUser = Pattern("a Slack user id such as U01ABCDEF", SlackUserPattern());

    public static readonly TextRule SlackGroup = Pattern(
        "a Slack user group id such as S01ABCDEF",
        SlackGroupPattern()
    );

    public static readonly TextRule SlackChannel = Pattern(
        "a Slack channel id such as C01ABCDEF, not a channel's name",
        SlackChannelPattern()
    );

    public static readonly TextRule Login = Pattern("a GitHub login", LoginPattern());

    public static readonly TextRule GitHubTeam = Pattern("a GitHub team as organisation/slug", OwnedPattern());

    public static readonly TextRule Repository = new(
        "a repository as owner/name",
        text =>
            OwnedPattern().IsMatch(text)
            && !text.EndsWith("/.", StringComparison.Ordinal)
            && !text.EndsWith("/..", StringComparison.Ordinal)
    );

    public static readonly TextRule FullRef = new(
        "a full ref such as refs/heads/main",
        text => RefPattern().IsMatch(text) && IsPlainRef(text)
    );

    public static readonly TextRule Branch = new(
        "a branch name, without refs/heads/",
        text => BranchPattern().IsMatch(text) && IsPlainRef(text) && !text.StartsWith("refs/", StringComparison.Ordinal)
    );

    public static readonly TextRule Commit = Pattern("a commit's whole name, 40 or 64 of 0-9 and a-f", CommitPattern());

    public static readonly TextRule Workflow = Pattern(
        "a workflow file such as .github/workflows/release.yml",
        WorkflowPattern()
    );

    public static readonly TextRule Folder = new(
        "a folder or file in the repository, without \"..\" and without a leading or trailing slash",
        text => text == "." || (text.Length <= 1024 && FolderPattern().IsMatch(text) && !HasDots(text))
    );

    /// <summary>https://github.com/distribution/reference: a name without tag and digest.</summary>
    public static readonly TextRule Image = new(
        "an image name without tag and digest",
        text => text.Length <= 255 && ImagePattern().IsMatch(text)
    );

    public static readonly TextRule FilePath = new(
        "the path of a file",
        text => text.Length is > 0 and <= 1024 && !text.Any(char.IsControl)
    );

    public static readonly TextRule Label = new(
        "one line of text, at most 200 characters",
        text => text.Length <= 200 && !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl)
    );

    public static readonly TextRule WebAddress = new(
        "an absolute http or https address without a user name",
        text =>
            Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https"
            && uri.UserInfo.Length == 0
            && !text.Any(char.IsWhiteSpace)
    );

    private static TextRule Pattern(string expected, Regex pattern) => new(expected, pattern.IsMatch);

    // What `git check-ref-format` refuses beyond single characters.
    private static bool IsPlainRef(string text) =>
        text.Length <= 255
        && !text.Contains("..", StringComparison.Ordinal)
        && !text.Contains("//", StringComparison.Ordinal)
        && !text.EndsWith(".lock", StringComparison.Ordinal)
        && !text.EndsWith('/')
        && !text.EndsWith('.');

    private static bool HasDots(string path) => path.Split('/').Any(part => part is "." or "..");

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex LabelPattern();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex SubdomainPattern();

    [GeneratedRegex(@"\A[0-9a-f]{40}([0-9a-f]{24})?\z")]
    private static partial Regex CommitPattern();

    [GeneratedRegex(@"\A[UW][A-Z0-9]{1,30}\z")]
    private static partial Regex SlackUserPattern();

    [GeneratedRegex(@"\AS[A-Z0-9]{1,30}\z")]
    private static partial Regex SlackGroupPattern();

    [GeneratedRegex(@"\A[CG][A-Z0-9]{1,30}\z")]
    private static partial Regex SlackChannelPattern();

    // Accounts managed by an enterprise end in `_shortcode`.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]{0,38}\z")]
    private static partial Regex LoginPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]{0,38}/[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex OwnedPattern();

    [GeneratedRegex(@"\Arefs/(heads|tags)/[A-Za-z0-9._/#@+=-]+\z")]
    private static partial Regex RefPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._/#@+=-]*\z")]
    private static partial Regex BranchPattern();

    [GeneratedRegex(@"\A\.github/workflows/[A-Za-z0-9._-]+\.ya?ml\z")]
    private static partial Regex WorkflowPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9._@+=~ -]+(/[A-Za-z0-9._@+=~ -]+)*\z")]
    private static partial Regex FolderPattern();

    [GeneratedRegex(
        @"\A([A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?/)?[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*)*\z"
    )]
    private static partial Regex ImagePattern();
}
