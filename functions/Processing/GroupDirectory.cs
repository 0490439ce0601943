using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Resolves the Slack user groups that the rules of an environment name. What cannot be resolved is left out, and then
/// nobody is a member of it.
/// </summary>
public sealed partial class GroupDirectory(ISlack slack, ILogger<GroupDirectory> log)
{
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
        var wanted = names
            .Distinct(StringComparer.Ordinal)
            .Select(name => catalog.FindTeam(name)?.SlackGroup)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var answers = await Task.WhenAll(wanted.Select(group => slack.GroupMembersAsync(group, stop)));
        var known = new Dictionary<string, IReadOnlyCollection<string>>(StringComparer.Ordinal);
        foreach (var (group, answer) in wanted.Zip(answers))
        {
            switch (answer)
            {
                case SlackAnswer<IReadOnlyCollection<string>>.Ok ok:
                    known[group] = ok.Value;
                    break;
                case SlackAnswer<IReadOnlyCollection<string>>.Fault fault:
                    Unresolved(group, fault.Why.Kind, fault.Why.Error);
                    break;
            }
        }

        return new Groups(known, new Dictionary<string, IReadOnlyCollection<string>>())
        {
            IsComplete = known.Count == wanted.Count,
        };
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The members of Slack group {Group} are not known ({Kind}, {Reason}); nobody counts as one."
    )]
    private partial void Unresolved(string group, SlackFaultKind kind, string reason);
}
