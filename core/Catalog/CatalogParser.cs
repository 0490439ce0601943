using Devflow.ChatOps.Core.Catalog.Reading;

namespace Devflow.ChatOps.Core.Catalog;

/// <summary>Reads `catalog.yaml` (design section 8).</summary>
public static class CatalogParser
{
    /// <summary>
    /// Reads the catalog strictly and finds all faults at once: unknown, missing and duplicate keys, wrong types,
    /// duplicate names and Rollouts, dangling references, values that cannot be. Malformed YAML and input beyond the
    /// limits (1 MiB, 16 levels, 4096 characters a value, no anchors, aliases or tags) is a fault like any other.
    /// </summary>
    /// <param name="yaml">The file's content.</param>
    /// <param name="fileName">The file's name, for the faults.</param>
    public static CatalogResult Parse(string yaml, string fileName)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        var faults = new FaultList(fileName);
        var node = YamlTree.Read(yaml, faults);
        var root = node is null ? null : Section.Of(node, "the catalog", faults);
        var catalog = root is null ? null : Read(root, faults);
        return catalog is null || faults.Any
            ? new CatalogResult.Faulty(faults.Sorted())
            : new CatalogResult.Valid(catalog());
    }

    // Names first, wherever they stand in the file, so that references can be checked. The catalog itself checks that
    // names are unique, so it is built only when there are no faults.
    private static Func<ReleaseCatalog> Read(Section root, FaultList faults)
    {
        var names = new NameBook(faults) { HasAdmins = root.Has("admins") };
        var identities = new IdentityReader(names);
        var clusters = identities.Clusters(root);
        var people = identities.People(root);
        var teams = identities.Teams(root);
        var admins = names.PeopleAndTeams(root, "admins");
        var viewers = ReadViewers(root, names);
        var apps = new AppReader(names, new EnvironmentReader(names)).Read(root);
        root.Close();
        return () => new ReleaseCatalog(clusters, people, teams, admins, viewers, apps);
    }

    private static Viewers ReadViewers(Section root, NameBook names) =>
        root.Value("viewers", required: false) switch
        {
            null or YamlNode.Scalar { Value: "everyone" } => new Viewers.Everyone(),
            YamlNode.Sequence => new Viewers.Only(names.By(root, "viewers", required: false)),
            var other => Wrong(root, other),
        };

    private static Viewers.Only Wrong(Section root, YamlNode viewers)
    {
        root.Faults.Add(viewers.At, $"\"viewers\" must be everyone or a list of teams and people");
        return new Viewers.Only([]);
    }
}
