using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.World;

/// <summary>The release catalog of the sandbox, written like one that a team would write.</summary>
internal static class SandboxCatalog
{
    /// <summary>Name of the cluster in it.</summary>
    public const string Cluster = "sandbox";

    /// <param name="firstCommit">The source commit that is installed in the beginning.</param>
    public static string Text(SandboxFolder folder, Func<SandboxApp, string> firstCommit) =>
        $$"""
            # Who may do what in the sandbox. Change it while the sandbox runs: the service reads it again.
            clusters:
              - name: {{Cluster}}
                kubeconfig: {{Quoted(folder.ObserverKubeconfig)}}
                executor: { kubeconfig: {{Quoted(folder.ExecutorKubeconfig)}} }
            people:
              - { name: alice, github: {{SandboxTeam.Alice.GitHub}}, slack: {{SandboxTeam.Alice.SlackId}} }
              - { name: bob, github: {{SandboxTeam.Bob.GitHub}}, slack: {{SandboxTeam.Bob.SlackId}} }
              - { name: carol, github: {{SandboxTeam.Carol.GitHub}}, slack: {{SandboxTeam.Carol.SlackId}} }
            teams:
              - { name: platform, members: [alice, bob], slackGroup: {{SandboxTeam.Platform}} }
            admins: [platform]
            viewers: everyone
            apps:
              - name: my-app
                repository: acme/my-app
                repositoryId: {{SandboxApp.MyApp.RepositoryId}}
                release: { refs: [refs/heads/main], workflows: [{{SandboxApp.Workflow}}] }
                slackChannel: {{SandboxTeam.Channel}}
                environments:
                  - name: production
                    cluster: {{Cluster}}
                    namespace: production
                    rollout: my-app
                    application: { name: my-app-production, namespace: argocd, cluster: {{Cluster}} }
                    gitops: { repository: acme/gitops, branch: main, path: apps/my-app/production, image: registry.example.com/my-app }
                    promote: { by: [platform], votes: 1, allowAuthor: false }
                    rollback: { by: [platform], undo: true }
                    retry: { by: [platform] }
                    lock: { by: [platform] }
                    notify: [platform]
                    pullRequestComment: true
                    baseline: {{firstCommit(SandboxApp.MyApp)}}
              - name: storefront
                repository: acme/storefront
                repositoryId: {{SandboxApp.Storefront.RepositoryId}}
                release: { refs: [refs/heads/main], workflows: [{{SandboxApp.Workflow}}] }
                slackChannel: {{SandboxTeam.Channel}}
                environments:
                  - name: staging
                    cluster: {{Cluster}}
                    namespace: staging
                    rollout: storefront
                    application: { name: storefront-staging, namespace: argocd, cluster: {{Cluster}} }
                    gitops: { repository: acme/gitops, branch: main, path: apps/storefront/staging, image: registry.example.com/storefront }
                    promote: { by: [alice, bob, carol], allowAuthor: true }
                    pullRequestComment: true
                    baseline: {{firstCommit(SandboxApp.Storefront)}}

            """;

    // JSON's strings are YAML's double-quoted ones; paths may hold anything.
    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
