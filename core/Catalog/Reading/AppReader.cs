namespace Devflow.ChatOps.Core.Catalog.Reading;

/// <summary>Reads apps; their environments are for <see cref="EnvironmentReader"/>.</summary>
internal sealed class AppReader(NameBook names, EnvironmentReader environments)
{
    public IReadOnlyList<App> Read(Section root) => [.. root.Sections("apps", "an app", required: true).Select(One)];

    private App One(Section section)
    {
        var name = section.Required("name", TextRule.Name);
        names.Unique(section, "name", "app", name);
        var repository = section.Required("repository", TextRule.Repository);
        var repositoryId = section.Number("repositoryId", 1, long.MaxValue);
        var release = Release(section);
        var channel = section.Required("slackChannel", TextRule.SlackChannel);
        var targets = section
            .Sections("environments", "an environment", required: true)
            .Select(environment => environments.Read(environment, name))
            .ToList();
        section.Close();
        return new(name, repository, repositoryId, release, channel, targets);
    }

    private static ReleaseSources? Release(Section app)
    {
        if (app.Child("release", "release", required: false) is not { } section)
        {
            return null;
        }

        var refs = section.Texts("refs", TextRule.FullRef, required: true);
        var workflows = section.Texts("workflows", TextRule.Workflow, required: true);
        section.Close();
        if (!app.Has("repositoryId"))
        {
            // A repository's name can be given up and taken by somebody else; its number cannot.
            app.Faults.Add(app.PlaceOf("release"), "\"release\" needs \"repositoryId\" beside it");
        }

        return new([.. refs.Select(text => text.Value)], [.. workflows.Select(text => text.Value)]);
    }
}
