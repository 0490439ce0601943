using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Action.Inputs;

/// <summary>The inputs of the Action, declared once.</summary>
public static class ActionInputs
{
    public static readonly ActionInput App = new("app", "Name of the app, as the catalog knows it.", IsRequired: true);

    public static readonly ActionInput Environment = new(
        "environment",
        "Name of the environment, as the catalog knows it.",
        IsRequired: true
    );

    public static readonly ActionInput Image = new(
        "image",
        "The image to release: `registry/name`, or with tag and digest `registry/name:tag@sha256:…`. This or `images`."
    );

    public static readonly ActionInput Tag = new("tag", "The new tag, when `image` does not say it.");

    public static readonly ActionInput Digest = new(
        "digest",
        "The new digest, `sha256:…`, when `image` does not say it. The output `digest` of docker/build-push-action is one."
    );

    public static readonly ActionInput Images = new(
        "images",
        "Several images that are released together, one a line, each as `registry/name:tag`, `registry/name@sha256:…` or "
            + "`registry/name:tag@sha256:…`. The first one names the release."
    );

    public static readonly ActionInput WriteDigest = new(
        "write-digest",
        "Write `tag@digest` when the digest is known. `false` writes the tag only; what was rolled back is told by the digest "
            + "all the same.",
        "true"
    );

    public static readonly ActionInput Repository = new(
        "gitops-repository",
        "The repository with the desired state, `owner/name`.",
        "${{ github.repository }}"
    );

    public static readonly ActionInput Branch = new("branch", "The branch that Argo CD follows.", "main");

    public static readonly ActionInput Files = new(
        "files",
        "Where the image is named: paths, patterns with `*` and `**`, or folders (every YAML file below), one a line.",
        "."
    );

    public static readonly ActionInput YamlPath = new(
        "yaml-path",
        "Where in the files the image is named, when it cannot be found by itself: `spec.image`, `image.tag`, "
            + "`images[name=my-app].newTag`."
    );

    public static readonly ActionInput Mode = new(
        "mode",
        "`commit` onto the branch, or `pull-request`: one for each app and environment, opened or updated. The release "
            + "begins when it is merged.",
        "commit"
    );

    public static readonly ActionInput Message = new(
        "message",
        "Template of the commit's message. `{app}`, `{environment}`, `{oldTag}`, `{newTag}`, `{sha}` and `{actor}` are put in.",
        ReleaseOrder.DefaultMessage
    );

    public static readonly ActionInput SourceCommit = new(
        "source-commit",
        "The commit from which the image was built. By default that of the event."
    );

    public static readonly ActionInput Token = new(
        "token",
        "Token that may write contents (and pull requests) of the GitOps repository. The workflow's own reaches its own "
            + "repository only, and what it pushes starts no workflows.",
        "${{ github.token }}"
    );

    public static readonly ActionInput AppId = new(
        "app-id",
        "Id or client id of a GitHub App that is installed for the GitOps repository; used instead of `token`."
    );

    public static readonly ActionInput PrivateKey = new("private-key", "The private key (PEM) of that GitHub App.");

    public static readonly ActionInput Force = new(
        "force",
        "Release even an image that was rolled back. Needs `force-reason`.",
        "false"
    );

    public static readonly ActionInput ForceReason = new("force-reason", "Why; it is written into the commit.");

    public static readonly ActionInput AllowOlder = new(
        "allow-older",
        "Release an image that is older than the one that is there.",
        "false"
    );

    public static readonly ActionInput FailOnSuperseded = new(
        "fail-on-superseded",
        "Fail when a newer release took this one's place. Otherwise that is a notice.",
        "false"
    );

    public static readonly ActionInput DryRun = new("dry-run", "Print the change and write nothing.", "false");

    public static readonly ActionInput DevflowUrl = new(
        "devflow-url",
        "Address of the Devflow service, where the release is announced. Needs `permissions: id-token: write`. Without it "
            + "the Action works alone."
    );

    public static readonly ActionInput Audience = new(
        "audience",
        "Audience of the OIDC token for the service; what the service has as `Devflow:Api:Audience`.",
        "devflow"
    );

    public static readonly ActionInput Wait = new(
        "wait",
        "How far the release is waited for: `none`, `synced` (the cluster has begun it), `preview` (the new version is ready "
            + "beside the old one), `completed`. Needs `devflow-url`.",
        "none"
    );

    public static readonly ActionInput Timeout = new(
        "timeout",
        "How long it is waited for at most, once the release is announced, as `90s`, `30m` or `1h30m`. The release goes on "
            + "without the Action after that.",
        "30m"
    );

    /// <summary>All of them, in the order of the documents.</summary>
    public static IReadOnlyList<ActionInput> All { get; } =
    [
        App,
        Environment,
        Image,
        Tag,
        Digest,
        Images,
        WriteDigest,
        Repository,
        Branch,
        Files,
        YamlPath,
        Mode,
        Message,
        SourceCommit,
        Token,
        AppId,
        PrivateKey,
        Force,
        ForceReason,
        AllowOlder,
        FailOnSuperseded,
        DryRun,
        DevflowUrl,
        Audience,
        Wait,
        Timeout,
    ];
}
