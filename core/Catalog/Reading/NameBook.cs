namespace Devflow.ChatOps.Core.Catalog.Reading;

/// <summary>The names that the file declares, to find duplicates and dangling references.</summary>
internal sealed class NameBook(FaultList faults)
{
    private readonly Dictionary<(string Kind, string Value), int> lines = [];
    private readonly List<(GitOpsSource Source, int Line)> sources = [];
    private readonly HashSet<string> clusters = [];
    private readonly HashSet<string> peopleAndTeams = [];
    private readonly HashSet<string> people = [];
    private readonly HashSet<string> by = [ReleaseCatalog.AdminsName];

    /// <summary>Whether `admins` may be referred to.</summary>
    public bool HasAdmins { get; set; }

    public void DeclareCluster(Section section, string name)
    {
        if (Unique(section, "name", "cluster", name))
        {
            clusters.Add(name);
        }
    }

    public void DeclarePerson(Section section, string name)
    {
        if (Declare(section, name))
        {
            people.Add(name);
        }
    }

    public void DeclareTeam(Section section, string name) => Declare(section, name);

    /// <summary>Reports a value that was given before, compared without case; true when it is the first.</summary>
    public bool Unique(Section section, string key, string kind, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return false;
        }

        var at = section.PlaceOf(key);
        if (lines.TryAdd((kind, value.ToLowerInvariant()), at.Line))
        {
            return true;
        }

        var first = lines[(kind, value.ToLowerInvariant())];
        faults.Add(at, $"duplicate {kind} {Quote.Of(value)}, first given in {Quote.Line(first)}");
        return false;
    }

    /// <summary>
    /// Reports a path in Git that another environment has too, or lies above or below it, for the same image: where the
    /// commit of a release is not known, a rollback of one could not tell its image from the other's.
    /// </summary>
    public void Apart(Section section, GitOpsSource source)
    {
        var at = section.PlaceOf("path");
        var (other, line) = sources.FirstOrDefault(known =>
            known.Source.Repository.Equals(source.Repository, StringComparison.OrdinalIgnoreCase)
            && known.Source.Branch == source.Branch
            && known.Source.Image == source.Image
            && (GitOpsSource.IsIn(known.Source.Path, source.Path) || GitOpsSource.IsIn(source.Path, known.Source.Path))
        );
        if (other is not null)
        {
            faults.Add(
                at,
                $"{Quote.Of(source.Path)} overlaps with {Quote.Of(other.Path)} in {Quote.Line(line)}, for the same image: "
                    + "give each environment a folder or a file of its own"
            );
        }
        else if (source.Path.Length > 0)
        {
            sources.Add((source, at.Line));
        }
    }

    /// <summary>A list of people and teams, or `admins`.</summary>
    public IReadOnlyList<string> By(Section section, string key, bool required) =>
        References(section, key, required, by, "person or team");

    /// <summary>A list of people and teams without `admins`: for the list of admins itself.</summary>
    public IReadOnlyList<string> PeopleAndTeams(Section section, string key) =>
        References(section, key, required: false, peopleAndTeams, "person or team");

    /// <summary>A list of people.</summary>
    public IReadOnlyList<string> People(Section section, string key) =>
        References(section, key, required: false, people, "person");

    /// <summary>Reports a cluster that is not declared.</summary>
    public void RequireCluster(Section section, string? name)
    {
        if (!string.IsNullOrEmpty(name) && !clusters.Contains(name))
        {
            faults.Add(
                section.PlaceOf("cluster"),
                $"unknown cluster {Quote.Of(name)}{faults.DidYouMean(name, clusters)}"
            );
        }
    }

    private bool Declare(Section section, string name)
    {
        if (name.ToLowerInvariant() is ReleaseCatalog.AdminsName or "everyone")
        {
            faults.Add(section.PlaceOf("name"), $"the name {Quote.Of(name)} has a meaning of its own; choose another");
            return false;
        }

        // One space for both, for a list of who may do something names either.
        if (!Unique(section, "name", "person or team", name))
        {
            return false;
        }

        peopleAndTeams.Add(name);
        by.Add(name);
        return true;
    }

    private List<string> References(Section section, string key, bool required, HashSet<string> declared, string kind)
    {
        var names = section.Texts(key, TextRule.Name, required);
        foreach (var name in names)
        {
            if (name.Value == ReleaseCatalog.AdminsName && declared.Contains(name.Value) && !HasAdmins)
            {
                faults.Add(name.At, "\"admins\" stands for the list \"admins\" of the catalog, which is missing");
            }
            else if (!declared.Contains(name.Value))
            {
                faults.Add(name.At, $"unknown {kind} {Quote.Of(name.Value)}{faults.DidYouMean(name.Value, declared)}");
            }
        }

        return [.. names.Select(name => name.Value)];
    }
}
