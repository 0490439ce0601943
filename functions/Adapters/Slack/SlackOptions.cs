namespace Devflow.ChatOps.Functions.Adapters.Slack;

/// <summary>How the service talks to Slack. Not a record: a printed record would show its secrets.</summary>
public sealed class SlackOptions
{
    /// <summary>Base of the Web API. Anything but <c>https</c> is refused, except on this machine.</summary>
    public Uri ApiAddress { get; set; } = new("https://slack.com/api/");

    /// <summary>The bot's token (<c>xoxb-…</c>); without one every call is answered <c>not_authed</c>.</summary>
    public string BotToken { get; set; } = "";

    /// <summary>Signing secrets of the app, two while one is being replaced; without one no request is accepted.</summary>
    public IReadOnlyList<string> SigningSecrets { get; set; } = [];

    /// <summary>Ids of the workspaces (<c>T…</c>) whose members are no strangers; with none, Slack's own word for it counts.</summary>
    public IReadOnlyList<string> Teams { get; set; } = [];

    /// <summary>A base address beside Slack's own under which response URLs are accepted: the sandbox's stand-in.</summary>
    public Uri? ResponseAddress { get; set; }

    /// <summary>How long one call may take. It must lie well inside the intents of posts and the lease.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);
}
