namespace Devflow.ChatOps.Core.Catalog.Reading;

/// <summary>Reads the environments of an app.</summary>
internal sealed class EnvironmentReader(NameBook names)
{
    private const int MostVotes = 20;

    private static readonly TextRule OnAbortRule = new("keep or revertGit", text => text is "keep" or "revertGit");

    public AppEnvironment Read(Section section, string app)
    {
        var name = section.Required("name", TextRule.Name);
        if (app.Length > 0)
        {
            names.Unique(section, "name", $"environment of {Quote.Of(app)}", name);
        }

        var cluster = section.Required("cluster", TextRule.Name);
        names.RequireCluster(section, cluster);
        var (ns, rollout) = Place(section, cluster);
        var promote = Promote(section);
        var gitOps = GitOps(section);
        var environment = new AppEnvironment(name, cluster, ns, rollout, promote, Rollback(section, promote.By))
        {
            Application = Application(section, cluster),
            GitOps = gitOps,
            RetryBy = ByOf(section, "retry", "retry", promote.By),
            LockBy = ByOf(section, "lock", "lock", promote.By),
            Freeze = FreezeReader.Read(section),
            FreezeOverrideBy = ByOf(section, "freezeOverride", "freezeOverride", []),
            Notify = names.By(section, "notify", required: false),
            OnAbort = section.Optional("onAbort", OnAbortRule) == "revertGit" ? OnAbort.RevertGit : OnAbort.Keep,
            SyncDeadline = section.Span("syncDeadline") ?? AppEnvironment.DefaultSyncDeadline,
            Baseline = section.Optional("baseline", TextRule.Commit),
            EnvironmentUrl = section.Optional("environmentUrl", TextRule.WebAddress) is { } url ? new Uri(url) : null,
            PullRequestComment = section.Flag("pullRequestComment", fallback: false),
        };
        section.Close();
        RequireGit(section, environment);
        return environment;
    }

    private (string Namespace, string Rollout) Place(Section section, string cluster)
    {
        var ns = section.Required("namespace", TextRule.Namespace);
        var rollout = section.Required("rollout", TextRule.KubernetesName);
        if (cluster.Length > 0 && ns.Length > 0 && rollout.Length > 0)
        {
            names.Unique(section, "rollout", "Rollout", $"{cluster}/{ns}/{rollout}");
        }

        return (ns, rollout);
    }

    private PromoteRules Promote(Section environment)
    {
        if (environment.Child("promote", "promote", required: true) is not { } section)
        {
            return new([]);
        }

        var rules = new PromoteRules(names.By(section, "by", required: true))
        {
            Votes = (int)(section.Number("votes", 0, MostVotes) ?? 1),
            AllowAuthor = section.Flag("allowAuthor", fallback: false),
            AllowUnknownAuthor = section.Flag("allowUnknownAuthor", fallback: false),
            ExpireAfter = section.Span("expireAfter"),
            FullBy = ByOf(section, "full", "full", []),
        };
        section.Close();
        return rules;
    }

    // Whoever may let a version in may also take it out, unless the catalog says otherwise.
    private RollbackRules Rollback(Section environment, IReadOnlyList<string> promoteBy)
    {
        if (environment.Child("rollback", "rollback", required: false) is not { } section)
        {
            return new(promoteBy);
        }

        var rules = new RollbackRules(names.By(section, "by", required: true), section.Flag("undo", fallback: true));
        section.Close();
        return rules;
    }

    private IReadOnlyList<string> ByOf(Section parent, string key, string what, IReadOnlyList<string> fallback)
    {
        if (parent.Child(key, what, required: false) is not { } section)
        {
            return fallback;
        }

        var by = names.By(section, "by", required: true);
        section.Close();
        return by;
    }

    private ApplicationRef? Application(Section environment, string cluster)
    {
        if (environment.Child("application", "an application", required: false) is not { } section)
        {
            return null;
        }

        var name = section.Required("name", TextRule.KubernetesName);
        var ns = section.Optional("namespace", TextRule.Namespace) ?? "argocd";
        var of = section.Optional("cluster", TextRule.Name);
        names.RequireCluster(section, of);
        section.Close();
        return new(name, ns, of ?? cluster);
    }

    private GitOpsSource? GitOps(Section environment)
    {
        if (environment.Child("gitops", "gitops", required: false) is not { } section)
        {
            return null;
        }

        var source = new GitOpsSource(
            section.Required("repository", TextRule.Repository),
            section.Optional("branch", TextRule.Branch) ?? "main",
            section.Required("path", TextRule.Folder),
            section.Required("image", TextRule.Image)
        )
        {
            PullRequest = section.Flag("pullRequest", fallback: false),
        };
        section.Close();
        names.Apart(section, source);
        return source;
    }

    private static void RequireGit(Section section, AppEnvironment environment)
    {
        if (section.Has("gitops"))
        {
            return;
        }

        if (environment.OnAbort == OnAbort.RevertGit)
        {
            section.Faults.Add(section.PlaceOf("onAbort"), "\"onAbort: revertGit\" needs \"gitops\"");
        }

        if (!environment.Rollback.Undo)
        {
            section.Faults.Add(
                section.PlaceOf("rollback"),
                "\"undo: false\" rolls back through Git and needs \"gitops\""
            );
        }
    }
}
