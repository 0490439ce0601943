namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>
/// Shows the immediate answer to a slash command. See https://docs.slack.dev/interactivity/implementing-slash-commands.
/// </summary>
internal sealed class SlackCommandScreen(
    SlackWorkspace workspace,
    SlackUser user,
    SlackChannel channel,
    string line,
    string command
)
{
    /// <summary>The word in Slack's own error message, or <see langword="null"/> when the app answered 200 in time.</summary>
    public static string? FailureOf(SlackHttpAnswer answer) =>
        answer switch
        {
            { Fault: { } fault } => fault,
            { Status: 200 } => null,
            { Status: >= 500 } => "http_service_error",
            _ => "http_client_error",
        };

    public SlackAnswer Show(SlackHttpAnswer answer)
    {
        if (FailureOf(answer) is { } failure)
        {
            return Fail(failure);
        }

        if (string.IsNullOrWhiteSpace(answer.Body))
        {
            return new SlackAnswer.Silent();
        }

        if (answer.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
        {
            return Private(new SlackContent(answer.Body));
        }

        try
        {
            var arguments = SlackArguments.FromJson(answer.Body);
            var type = arguments.Text("response_type") ?? "ephemeral";
            var content = SlackResponseUrls.ReadContent(arguments);
            return type switch
            {
                "ephemeral" => Private(content),
                "in_channel" => Public(content),
                _ => Fail("invalid_command_response"),
            };
        }
        catch (SlackRefusal)
        {
            return Fail("invalid_command_response");
        }
    }

    private SlackAnswer.Private Private(SlackContent content) =>
        new(workspace.ShowEphemeral(channel.Id, user.Id, content));

    private SlackAnswer.Public Public(SlackContent content)
    {
        // Answering in the channel shows the channel what was typed.
        workspace.Post(channel.Id, user.Id, new SlackContent(line));
        return new SlackAnswer.Public(workspace.Post(channel.Id, workspace.Installation.BotUserId, content));
    }

    private SlackAnswer.Failed Fail(string code)
    {
        var text = new SlackContent($"{command} failed with the error \"{code}\"");
        return new SlackAnswer.Failed(code, workspace.ShowEphemeral(channel.Id, user.Id, text, isFromSlack: true));
    }
}
