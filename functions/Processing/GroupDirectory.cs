using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Resolves the Slack user groups and GitHub teams that the rules of an environment name. What cannot be resolved is left
/// out, and then nobody is a member of it.
/// </summary>
public sealed partial class GroupDirectory(
    ISlack slack,
    IGitHub gitHub,
    TimeProvider clock,
    ILogger<GroupDirectory> log
)
{
    /// <summary>A release must not wait for a GitHub that hangs; its answer is kept for whoever asks next.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(2);

    /// <summary>There is a GitHub to ask who made a release.</summary>
    public bool AsksGitHub => gitHub.IsSetUp;

    public Task<Groups> ResolveAsync(ReleaseCatalog catalog, ReleaseTarget target, CancellationToken stop)
    {
        var rules = target.Environment;
        var names = new[]
        {
            rules.Promote.By,
            rules.Promote.FullBy,
            rules.Rollback.By,
            rules.RetryBy,
            rules.LockBy,
            rules.FreezeOverrideBy,
            catalog.Admins,
        };
        return ResolveAsync(catalog, names.SelectMany(by => by), stop);
    }

    /// <summary>The same for the teams among these names.</summary>
    public async Task<Groups> ResolveAsync(ReleaseCatalog catalog, IEnumerable<string> names, CancellationToken stop)
    {
        var teams = names.Distinct(StringComparer.Ordinal).Select(catalog.FindTeam).OfType<Team>().ToList();
        var slackGroups = Named(teams, team => team.SlackGroup, StringComparer.Ordinal);
        // Without an App there is nobody to ask, which was said when the catalog was loaded.
        var gitHubTeams = gitHub.IsSetUp ? Named(teams, team => team.GitHubTeam, StringComparer.OrdinalIgnoreCase) : [];
        var inSlack = Task.WhenAll(slackGroups.Select(group => SlackAsync(group, stop)));
        var inGitHub = await Task.WhenAll(gitHubTeams.Select(team => GitHubAsync(team, stop)));
        var bySlack = Known(slackGroups, await inSlack);
        var byGitHub = Known(gitHubTeams, inGitHub);
        return new Groups(bySlack, byGitHub)
        {
            IsComplete = bySlack.Count == slackGroups.Count && byGitHub.Count == gitHubTeams.Count,
            IsGitHubUnread = byGitHub.Count < gitHubTeams.Count,
        };
    }

    private async Task<IReadOnlyCollection<string>?> SlackAsync(string group, CancellationToken stop)
    {
        switch (await slack.GroupMembersAsync(group, stop))
        {
            case SlackAnswer<IReadOnlyCollection<string>>.Ok ok:
                return ok.Value;
            case SlackAnswer<IReadOnlyCollection<string>>.Fault fault:
                Unresolved("Slack group", group, fault.Why.Kind.ToString(), fault.Why.Error);
                return null;
            default:
                return null;
        }
    }

    private async Task<IReadOnlyCollection<string>?> GitHubAsync(string team, CancellationToken stop)
    {
        try
        {
            switch (await gitHub.TeamMembersAsync(team, stop).WaitAsync(patience, clock, stop))
            {
                case GitHubAnswer<IReadOnlyCollection<string>>.Ok ok:
                    return ok.Value;
                case GitHubAnswer<IReadOnlyCollection<string>>.Fault fault:
                    Unresolved("GitHub team", team, fault.Why.Kind.ToString(), fault.Why.Message);
                    break;
            }
        }
        catch (TimeoutException)
        {
            Unresolved("GitHub team", team, nameof(GitHubFaultKind.Unavailable), "no answer in time");
        }

        return null;
    }

    private static List<string> Named(IEnumerable<Team> teams, Func<Team, string?> name, StringComparer comparer) =>
        [.. teams.Select(name).OfType<string>().Distinct(comparer)];

    private static Dictionary<string, IReadOnlyCollection<string>> Known(
        IEnumerable<string> names,
        IEnumerable<IReadOnlyCollection<string>?> members
    ) =>
        names
            .Zip(members)
            .Where(pair => pair.Second is not null)
            .ToDictionary(pair => pair.First, pair => pair.Second!, StringComparer.Ordinal);

    [LoggerMessage(
        LogLevel.Warning,
        "The members of {Kind} {Group} are not known ({Fault}, {Reason}); nobody counts as one."
    )]
    private partial void Unresolved(string kind, string group, string fault, string reason);
}
