using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Tells what kind of account gave a command in Slack. Slack signs for the id of whoever acts, not for what that account
/// is: guests and people of other workspaces see a shared channel's buttons too.
/// </summary>
public sealed partial class SlackAccounts(ISlack slack, TimeProvider clock, ILogger<SlackAccounts> log)
{
    /// <summary>A release must not wait for a Slack that hangs.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(1);

    public Task<SlackAccount> LookAsync(Command command, CancellationToken stop) =>
        command is { Origin.Surface: "slack", Actor.SlackUserId: { } user }
            ? LookAsync(user, stop)
            : Task.FromResult(SlackAccount.Member);

    /// <summary>The account of this Slack user.</summary>
    public async Task<SlackAccount> LookAsync(string user, CancellationToken stop)
    {
        try
        {
            switch (await slack.AccountAsync(user, stop).WaitAsync(patience, clock, stop))
            {
                case SlackAnswer<SlackAccount>.Ok(var account):
                    return account;
                case SlackAnswer<SlackAccount>.Fault(var why):
                    Untold(user, why.Kind.ToString(), why.Error);
                    break;
            }
        }
        catch (TimeoutException)
        {
            Untold(user, nameof(SlackFaultKind.Uncertain), "no answer in time");
        }

        return SlackAccount.Unknown;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Slack did not tell what kind of account {User} is ({Kind}, {Reason}); no Slack group gives them a right."
    )]
    private partial void Untold(string user, string kind, string reason);
}
