using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>Tells whether somebody in Slack may look at releases.</summary>
internal sealed class SlackViewers(SlackAccounts accounts, GroupDirectory groups, TimeProvider clock)
{
    /// <summary>Slack waits 3 s for the answer, and the look itself takes some of them.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(1);

    /// <summary>Why not, and what to say behind it; <c>null</c> when they may.</summary>
    public async Task<(Refusal Why, string More)?> RefuseAsync(
        ReleaseCatalog catalog,
        Actor actor,
        CancellationToken stop
    )
    {
        var asked = MembersAsync(catalog, stop);
        var account = await accounts.LookAsync(actor.SlackUserId!, stop);
        var members = await asked;
        if (account == SlackAccount.Unknown)
        {
            members = members.WithUnvouched(actor.SlackUserId!);
        }

        return ViewPolicy.Refuse(catalog, members, actor, account) is { } refusal
            ? (refusal, members.IsComplete ? "" : $" {AnswerTexts.Unread(members)}")
            : null;
    }

    private async Task<Groups> MembersAsync(ReleaseCatalog catalog, CancellationToken stop)
    {
        if (catalog.Viewers is Viewers.Everyone)
        {
            return Groups.None;
        }

        try
        {
            return await groups.ResolveAsync(catalog, ViewPolicy.By(catalog), stop).WaitAsync(patience, clock, stop);
        }
        catch (TimeoutException)
        {
            return Groups.Unresolved;
        }
    }
}
