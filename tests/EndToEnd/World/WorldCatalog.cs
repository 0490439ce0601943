using System.Text;

namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <summary>The people of every world, and the catalog that names them.</summary>
internal static class WorldCatalog
{
    public const string Cluster = "prod";
    public const string Namespace = "shop";

    /// <summary>A member of the team <c>platform</c>, which may do everything.</summary>
    public const string Alice = "U01ALICE";

    /// <summary>Another member of it.</summary>
    public const string Bob = "U02BOB";

    /// <summary>Known to the catalog and in no team.</summary>
    public const string Carol = "U03CAROL";

    /// <summary>Not in the catalog; a member of the Slack group <see cref="OnCall"/>.</summary>
    public const string Dora = "U04DORA";

    /// <summary>Slack group of the team <c>oncall</c>.</summary>
    public const string OnCall = "S0ONCALL";

    public static readonly IReadOnlyDictionary<string, string> People = new Dictionary<string, string>
    {
        ["alice"] = Alice,
        ["bob"] = Bob,
        ["carol"] = Carol,
    };

    public static string Write(IEnumerable<WorldApp> apps, Func<string, string> kubeconfig, string? viewers = null)
    {
        var text = new StringBuilder(
            $"""
            clusters:
            {string.Join(
                '\n',
                Clusters(apps).Select(name => $"  - {{ name: {name}, kubeconfig: {kubeconfig(name)} }}")
            )}
            people:
              - {"{"} name: alice, github: alice-gh, slack: {Alice} {"}"}
              - {"{"} name: bob, github: bob-gh, slack: {Bob} {"}"}
              - {"{"} name: carol, github: carol-gh, slack: {Carol} {"}"}
            teams:
              - {"{"} name: platform, members: [alice, bob] {"}"}
              - {"{"} name: oncall, slackGroup: {OnCall} {"}"}
            admins: [platform]
            {(viewers is null ? "" : $"viewers: {viewers}")}
            apps:

            """
        );
        foreach (var app in apps.GroupBy(app => app.Name))
        {
            text.AppendLine(
                $"""
                  - name: {app.Key}
                    repository: acme/{app.Key}
                    slackChannel: {app.First().Channel}
                    environments:
                """
            );
            foreach (var environment in app)
            {
                text.AppendLine(Environment(environment));
            }
        }

        return text.ToString();
    }

    /// <summary>The clusters of these apps, the world's own first.</summary>
    public static IEnumerable<string> Clusters(IEnumerable<WorldApp> apps) =>
        apps.Select(app => app.Cluster).Prepend(Cluster).Distinct();

    private static string Environment(WorldApp app)
    {
        var text = $"""
                  - name: {app.Environment}
                    cluster: {app.Cluster}
                    namespace: {Namespace}
                    rollout: {app.RolloutName}
                    promote: {app.Promote}
            """;
        var more = (app.More + (app.IsInGit ? "\n" + WorldGit.CatalogOf(app) : ""))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => $"        {line}");
        return string.Join('\n', [text, .. more]);
    }
}
