namespace Devflow.ChatOps.Core.Catalog.Reading;

/// <summary>Reads clusters, people and teams.</summary>
internal sealed class IdentityReader(NameBook names)
{
    public IReadOnlyList<Cluster> Clusters(Section root)
    {
        var clusters = new List<Cluster>();
        foreach (var section in root.Sections("clusters", "a cluster", required: true))
        {
            var name = section.Required("name", TextRule.Name);
            names.DeclareCluster(section, name);
            var observer = Access(section);
            var executor = section.Child("executor", "an executor", required: false) is { } second
                ? Closed(second, Access(second))
                : null;
            clusters.Add(Closed(section, new Cluster(name, observer, executor)));
        }

        return clusters;
    }

    public IReadOnlyList<Person> People(Section root)
    {
        var people = new List<Person>();
        foreach (var section in root.Sections("people", "a person", required: false))
        {
            var name = section.Required("name", TextRule.Name);
            names.DeclarePerson(section, name);
            var gitHub = section.Optional("github", TextRule.Login);
            var slack = section.Optional("slack", TextRule.SlackUser);
            names.Unique(section, "github", "GitHub login", gitHub);
            names.Unique(section, "slack", "Slack user", slack);
            if (!section.Has("github") && !section.Has("slack"))
            {
                section.Faults.Add(section.At, "a person needs \"github\", \"slack\" or both");
            }

            people.Add(Closed(section, new Person(name, gitHub, slack)));
        }

        return people;
    }

    public IReadOnlyList<Team> Teams(Section root)
    {
        var teams = new List<Team>();
        foreach (var section in root.Sections("teams", "a team", required: false))
        {
            var name = section.Required("name", TextRule.Name);
            names.DeclareTeam(section, name);
            var members = names.People(section, "members");
            var slackGroup = section.Optional("slackGroup", TextRule.SlackGroup);
            var gitHubTeam = section.Optional("githubTeam", TextRule.GitHubTeam);
            if (!section.Has("members") && !section.Has("slackGroup") && !section.Has("githubTeam"))
            {
                section.Faults.Add(section.At, "a team needs \"members\", \"slackGroup\" or \"githubTeam\"");
            }

            teams.Add(Closed(section, new Team(name, members, slackGroup, gitHubTeam)));
        }

        return teams;
    }

    private static ClusterAccess Access(Section section)
    {
        var path = section.Optional("kubeconfig", TextRule.FilePath);
        var context = section.Optional("context", TextRule.Label);
        var inCluster = section.Flag("inCluster", fallback: false);
        if (section.Has("kubeconfig") && inCluster)
        {
            section.Faults.Add(section.PlaceOf("inCluster"), "either \"kubeconfig\" or \"inCluster: true\", not both");
        }
        else if (!section.Has("kubeconfig") && !inCluster)
        {
            section.Faults.Add(section.At, "needs \"kubeconfig\" or \"inCluster: true\"");
        }
        else if (section.Has("context") && inCluster)
        {
            section.Faults.Add(section.PlaceOf("context"), "\"context\" needs \"kubeconfig\"");
        }

        return inCluster ? new ClusterAccess.InCluster() : new ClusterAccess.Kubeconfig(path ?? "", context);
    }

    private static T Closed<T>(Section section, T value)
    {
        section.Close();
        return value;
    }
}
