namespace Devflow.ChatOps.Tests.Functions.Support;

/// <summary>The smallest catalog that is worth something, for tests in which nothing is released.</summary>
internal static class SmallCatalog
{
    public const string Text = """
        clusters: [{ name: prod, kubeconfig: /nowhere/kubeconfig }]
        people: [{ name: alice, slack: U01ALICE }]
        apps:
          - name: my-app
            repository: acme/my-app
            slackChannel: C0MYAPP
            environments:
              - { name: production, cluster: prod, namespace: shop, rollout: my-app, promote: { by: [alice] }, rollback: { by: [alice] } }

        """;
}
