using Devflow.ChatOps.Action.Runner;

namespace Devflow.ChatOps.Tests.Action.World;

/// <summary>The environment of a run of the release workflow on main, as the runner sets it.</summary>
internal static class RunVariables
{
    public const string Source = "0123456789abcdef0123456789abcdef01234567";
    public const string Digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    public static Dictionary<string, string> Of(params (string Input, string Value)[] inputs)
    {
        var variables = new Dictionary<string, string>
        {
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_REPOSITORY"] = "acme/my-app",
            ["GITHUB_REPOSITORY_ID"] = "123456",
            ["GITHUB_RUN_ID"] = "9001",
            ["GITHUB_RUN_NUMBER"] = "42",
            ["GITHUB_RUN_ATTEMPT"] = "1",
            ["GITHUB_WORKFLOW_REF"] = "acme/my-app/.github/workflows/release.yml@refs/heads/main",
            ["GITHUB_ACTOR"] = "alice-gh",
            ["GITHUB_SHA"] = Source,
            ["GITHUB_SERVER_URL"] = "https://github.com",
            ["GITHUB_API_URL"] = "https://api.github.com",
            ["GITHUB_GRAPHQL_URL"] = "https://api.github.com/graphql",
            ["INPUT_APP"] = "my-app",
            ["INPUT_ENVIRONMENT"] = "production",
            ["INPUT_IMAGE"] = "registry.example.com/my-app",
            ["INPUT_TAG"] = "v2",
            ["INPUT_GITOPS-REPOSITORY"] = "acme/gitops",
            ["INPUT_TOKEN"] = "a-token-of-the-test",
        };
        foreach (var (input, value) in inputs)
        {
            variables[$"INPUT_{input.ToUpperInvariant()}"] = value;
        }

        return variables;
    }

    public static RunnerEnvironment Runner(Dictionary<string, string> variables) =>
        new(name => variables.GetValueOrDefault(name));
}
