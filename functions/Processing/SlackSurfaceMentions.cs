using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Mentions of those whom an environment names under <c>notify</c>. An edit notifies nobody and a reply only who takes
/// part, so somebody who must act is mentioned.
/// </summary>
internal static class SlackSurfaceMentions
{
    /// <summary>
    /// The mentions, each once, in the catalog's order: a team by its user group, or its members where it has none. Who
    /// has no Slack id is left out.
    /// </summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> names, ReleaseCatalog catalog) =>
        [.. names.SelectMany(name => Of(name, catalog)).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// The message with the mentions in its text and in its blocks: Slack notifies for what the blocks say where there
    /// are any. What is there already is not added again.
    /// </summary>
    public static SlackMessage Ensure(SlackMessage message, IReadOnlyList<string> mentions)
    {
        var text = Missing(mentions, said => message.Text.Contains(said, StringComparison.Ordinal));
        var block = Missing(mentions, said => Says(message.Blocks, said));
        var blocks = message.Blocks;
        if (blocks.Count > 0 && block.Length > 0)
        {
            blocks = blocks.DeepClone().AsArray();
            blocks.Insert(
                0,
                new JsonObject
                {
                    ["type"] = "section",
                    ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = block },
                }
            );
        }

        return new SlackMessage(text.Length == 0 ? message.Text : $"{text} {message.Text}", blocks);
    }

    private static string Missing(IReadOnlyList<string> mentions, Func<string, bool> isSaid) =>
        string.Join(' ', mentions.Where(mention => !isSaid(mention)));

    private static IEnumerable<string> Of(string name, ReleaseCatalog catalog)
    {
        if (name == ReleaseCatalog.AdminsName)
        {
            // `admins` itself is not among the names that admins may hold, so this ends.
            return catalog.Admins.Where(admin => admin != name).SelectMany(admin => Of(admin, catalog));
        }

        if (catalog.FindTeam(name) is { } team)
        {
            return team.SlackGroup is { } group ? [$"<!subteam^{group}>"] : team.Members.SelectMany(Person);
        }

        return Person(name);

        IEnumerable<string> Person(string person) => catalog.FindPerson(person)?.Slack is { } id ? [$"<@{id}>"] : [];
    }

    private static bool Says(JsonNode? node, string mention) =>
        node switch
        {
            JsonObject of => of.Any(property => Says(property.Value, mention)),
            JsonArray of => of.Any(item => Says(item, mention)),
            JsonValue of => of.TryGetValue<string>(out var text) && text.Contains(mention, StringComparison.Ordinal),
            _ => false,
        };
}
