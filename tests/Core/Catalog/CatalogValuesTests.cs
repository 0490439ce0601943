using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Tests.Core.Catalog;

/// <summary>What the parser makes of files without faults.</summary>
public sealed class CatalogValuesTests
{
    private static readonly ReleaseCatalog Example = Read("design-example");

    [Fact]
    public void Every_value_of_the_example_arrives()
    {
        var app = Example.Apps.ShouldHaveSingleItem();
        app.Name.ShouldBe("my-app");
        app.Repository.ShouldBe("acme/my-app");
        app.RepositoryId.ShouldBe(123456);
        app.Release!.Refs.ShouldBe(["refs/heads/main"]);
        app.Release.Workflows.ShouldBe([".github/workflows/release.yml"]);
        app.SlackChannel.ShouldBe("C0RELEASES");

        var production = app.Environments[0];
        (production.Cluster, production.Namespace, production.Rollout).ShouldBe(("prod", "production", "my-app"));
        production.Application.ShouldBe(new ApplicationRef("my-app-production", "argocd", "prod"));
        production.GitOps.ShouldBe(
            new GitOpsSource("acme/gitops", "main", "apps/my-app/production", "registry.example.com/my-app")
        );
        production.Promote.By.ShouldBe(["platform"]);
        production.Promote.Votes.ShouldBe(2);
        production.Promote.ExpireAfter.ShouldBe(TimeSpan.FromHours(4));
        production.Promote.FullBy.ShouldBe(["admins"]);
        production.Rollback.By.ShouldBe(["platform", "oncall"]);
        production.RetryBy.ShouldBe(["platform"]);
        production.LockBy.ShouldBe(["platform"]);
        production.FreezeOverrideBy.ShouldBe(["admins"]);
        production.Notify.ShouldBe(["platform"]);
        production.OnAbort.ShouldBe(OnAbort.RevertGit);
        production.SyncDeadline.ShouldBe(TimeSpan.FromMinutes(90));
        production.EnvironmentUrl.ShouldBe(new Uri("https://my-app.example.com"));
        (production.PullRequestComment, app.Environments[1].PullRequestComment).ShouldBe((true, false));
        production.Freeze.ShouldBe([
            new FreezeWindow(
                new FreezeSpan.Weekly(
                    new(DayOfWeek.Friday, new TimeOnly(16, 0)),
                    new(DayOfWeek.Monday, new TimeOnly(8, 0))
                ),
                "Europe/Berlin",
                "weekend"
            ),
            new FreezeWindow(
                new FreezeSpan.Once(new DateTime(2026, 12, 24), new DateTime(2026, 12, 27, 6, 30, 0)),
                "Europe/Berlin",
                "Christmas"
            ),
        ]);
    }

    [Fact]
    public void People_teams_and_clusters_arrive()
    {
        Example.Admins.ShouldBe(["platform"]);
        Example.Viewers.ShouldBeOfType<Viewers.Everyone>();
        Example.FindTeam("platform")!.Members.ShouldBe(["alice", "bob"]);
        Example.FindTeam("platform")!.SlackGroup.ShouldBe("S0PLATFORM");
        Example.FindTeam("platform")!.GitHubTeam.ShouldBe("acme/platform");
        Example
            .FindCluster("prod")!
            .Observer.ShouldBe(new ClusterAccess.Kubeconfig("/etc/devflow/kubeconfig", "prod-admin"));
        Example.FindCluster("prod")!.Patcher.ShouldBe(new ClusterAccess.Kubeconfig("/etc/devflow/executor"));
        Example.FindCluster("local")!.Patcher.ShouldBe(new ClusterAccess.InCluster());
        Example.PersonBySlack("U02BOB")!.Name.ShouldBe("bob");
        Example.PersonByGitHub("ALICE-GH")!.Name.ShouldBe("alice");
        Example.PersonBySlack("u02bob").ShouldBeNull();
    }

    [Fact]
    public void What_is_left_out_takes_the_careful_default()
    {
        var environment = Read("minimal").Targets.ShouldHaveSingleItem().Environment;

        environment.Application.ShouldBeNull();
        environment.GitOps.ShouldBeNull();
        environment.Promote.Votes.ShouldBe(1);
        environment.Promote.AllowAuthor.ShouldBeFalse();
        environment.Promote.AllowUnknownAuthor.ShouldBeFalse();
        environment.Promote.ExpireAfter.ShouldBeNull();
        environment.Promote.FullBy.ShouldBeEmpty();
        environment.Rollback.By.ShouldBe(["alice"]);
        environment.Rollback.Undo.ShouldBeTrue();
        environment.RetryBy.ShouldBe(["alice"]);
        environment.LockBy.ShouldBe(["alice"]);
        environment.FreezeOverrideBy.ShouldBeEmpty();
        environment.Freeze.ShouldBeEmpty();
        environment.Notify.ShouldBeEmpty();
        environment.OnAbort.ShouldBe(OnAbort.Keep);
        environment.SyncDeadline.ShouldBe(TimeSpan.FromMinutes(15));
    }

    [Fact]
    public void A_rollout_and_an_application_lead_to_their_environment()
    {
        Example.FindEnvironment("prod", "production", "my-app")!.ToString().ShouldBe("my-app production");
        Example.FindEnvironment("prod", "staging", "my-app").ShouldBeNull();
        Example
            .FindApplication("prod", "argocd", "my-app-production")
            .ShouldHaveSingleItem()
            .Environment.Name.ShouldBe("production");
        Example.FindApplication("local", "argocd", "my-app-production").ShouldBeEmpty();
        Example.FindTarget("My-App", "STAGING")!.Environment.Cluster.ShouldBe("local");
    }

    internal static ReleaseCatalog Read(string name) =>
        CatalogParser
            .Parse(File.ReadAllText(Path.Combine(CatalogParserTests.Cases, name, "catalog.yaml")), "catalog.yaml")
            .ShouldBeOfType<CatalogResult.Valid>()
            .Catalog;
}
