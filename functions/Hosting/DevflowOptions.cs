using Devflow.ChatOps.Core.Commands;
using Devflow.ChatOps.Functions.Adapters.Slack;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>
/// The section <c>Devflow</c> of the configuration (environment variables: <c>Devflow__Catalog</c> …). Unknown keys and
/// bad values stop the process at start, all named at once. Not a record: a printed record would show its secrets.
/// </summary>
public sealed class DevflowOptions
{
    public const string Section = "Devflow";

    /// <summary>Path of the catalog.</summary>
    public string Catalog { get; set; } = "catalog.yaml";

    /// <summary>Where everything is written down: <c>sqlite:path</c>, <c>mongodb://…</c> or <c>mongodb+srv://…</c>.</summary>
    public string Store { get; set; } = "sqlite:devflow.db";

    /// <summary>
    /// The name under which this instance holds leases. With SQLite the same after a restart, so that it takes its own
    /// back; with MongoDB for people who look.
    /// </summary>
    public string Holder { get; set; } = Environment.MachineName;

    /// <summary>A secret of at least 32 characters that seals what is stored for a short time; the first signing secret unless set.</summary>
    public string SealingKey { get; set; } = "";

    /// <summary>Watch the clusters of the catalog, so that changes are seen without notifications.</summary>
    public bool Watch { get; set; }

    public SlackSettings Slack { get; set; } = new();

    public GitHubSettings GitHub { get; set; } = new();

    /// <summary>The Argo CD of a cluster, to be asked to look at Git at once; without one it looks by itself.</summary>
    public Dictionary<string, ArgoCdSettings> ArgoCd { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Bearer tokens of the hooks by cluster, two while one is being replaced; a cluster without one is refused.</summary>
    public Dictionary<string, string[]> Hooks { get; set; } = new(StringComparer.Ordinal);

    public ApiSettings Api { get; set; } = new();

    public ConsoleSettings Console { get; set; } = new();

    public LimitSettings Limits { get; set; } = new();

    public RetentionSettings Retention { get; set; } = new();
}

/// <summary>Slack: its Web API, and whose requests are accepted.</summary>
public sealed class SlackSettings
{
    /// <inheritdoc cref="SlackOptions.ApiAddress" />
    public Uri ApiAddress { get; set; } = new("https://slack.com/api/");

    /// <inheritdoc cref="SlackOptions.BotToken" />
    public string BotToken { get; set; } = "";

    /// <inheritdoc cref="SlackOptions.SigningSecrets" />
    public string[] SigningSecrets { get; set; } = [];

    /// <inheritdoc cref="SlackOptions.ResponseAddress" />
    public Uri? ResponseAddress { get; set; }

    /// <summary>Team ids whose requests are accepted; none means nobody's.</summary>
    public string[] Teams { get; set; } = [];

    /// <summary>App ids whose requests are accepted; none means nobody's.</summary>
    public string[] Apps { get; set; } = [];

    /// <summary>Names of the slash commands.</summary>
    public CommandNames Commands { get; set; } = new();

    internal SlackOptions ToOptions() =>
        new()
        {
            ApiAddress = ApiAddress,
            BotToken = BotToken,
            SigningSecrets = SigningSecrets,
            Teams = Teams,
            ResponseAddress = ResponseAddress,
        };
}

/// <summary>Slash commands are not namespaced in a workspace, so their names can be changed.</summary>
public sealed class CommandNames
{
    public string Promote { get; set; } = "/promote";
    public string RollBack { get; set; } = "/rollback";
    public string Devflow { get; set; } = "/devflow";

    internal SlashNames ToNames() => new(Promote, RollBack, Devflow);
}

/// <summary>Who may call the API.</summary>
public sealed class ApiSettings
{
    /// <summary>Issuer of the tokens that workflow runs bring; GitHub's unless set.</summary>
    public string Issuer { get; set; } = "https://token.actions.githubusercontent.com";

    /// <summary>The audience that those tokens must name; without one they are all refused.</summary>
    public string Audience { get; set; } = "";

    /// <summary>Tokens of people and their machines, hashed.</summary>
    public ApiToken[] Tokens { get; set; } = [];
}

/// <summary>A token of a person of the catalog. The token itself is stored nowhere.</summary>
public sealed class ApiToken
{
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the token, 64 hexadecimal digits.</summary>
    public string Sha256 { get; set; } = "";

    /// <summary>Whose it is: a person of the catalog.</summary>
    public string Person { get; set; } = "";

    /// <summary><c>read</c>, <c>create</c>, <c>promote</c>, <c>rollback</c>, <c>retry</c>.</summary>
    public string[] Scopes { get; set; } = [];

    /// <summary>When it ends; a token without an end is refused.</summary>
    public DateTimeOffset? Expires { get; set; }
}
