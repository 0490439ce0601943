using System.Text;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub;

/// <summary>GraphQL: any document of the schema is answered, any other is refused.</summary>
public sealed class GitHubGraphQlTests
{
    private const string CommitDocument =
        "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }";

    [Fact]
    public async Task A_document_is_answered_field_by_field()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var answer = await gitHub.GraphQlAsync(
            """
            query Read($path: String!, $count: Int = 5) {
              here: repository(owner: "acme", name: "gitops") {
                nameWithOwner
                ref(qualifiedName: "main") { name prefix target { __typename oid ...Details } }
                object(expression: "main:dir") { ... on Tree { entries { name mode type } } }
              }
            }
            fragment Details on Commit {
              messageHeadline
              history(first: $count) { totalCount nodes { message } }
              file(path: $path) { path object { ... on Blob { text byteSize isBinary isTruncated } } }
            }
            """,
            new JsonObject { ["path"] = "dir/b.yaml" }
        );

        answer["errors"].ShouldBeNull();
        answer["data"]!["here"]!
            .ToJsonString()
            .ShouldBe(
                """{"nameWithOwner":"acme/gitops","ref":{"name":"main","prefix":"refs/heads/","target":{"__typename":"Commit","oid":"HEAD","messageHeadline":"Begin","history":{"totalCount":1,"nodes":[{"message":"Begin"}]},"file":{"path":"dir/b.yaml","object":{"text":"b: 1\n","byteSize":5,"isBinary":false,"isTruncated":false}}}},"object":{"entries":[{"name":"b.yaml","mode":33188,"type":"blob"}]}}""".Replace(
                    "HEAD",
                    gitHub.Head,
                    StringComparison.Ordinal
                )
            );
    }

    [Theory]
    [InlineData("{ repository(owner: \"acme\", name: \"gitops\") { nope } }", "undefinedField")]
    [InlineData("{ repository(owner: \"acme\") { name } }", "missingRequiredArguments")]
    [InlineData("{ repository(owner: \"acme\", name: \"gitops\", x: 1) { name } }", "argumentNotAccepted")]
    [InlineData("{ repository(owner: \"acme\", name: \"gitops\") }", "selectionMismatch")]
    [InlineData("{ repository(owner: \"acme\", name: \"gitops\") { name { x } } }", "selectionMismatch")]
    [InlineData("{ repository(owner: \"acme\", name: $n) { name } }", "variableNotDefined")]
    [InlineData("query($n: String!) { repository(owner: \"a\", name: \"b\") { name } }", "variableNotUsed")]
    [InlineData("query($n: Int!) { repository(owner: \"a\", name: $n) { name } }", "variableMismatch")]
    [InlineData("query($n: String) { repository(owner: \"a\", name: $n) { name } }", "variableMismatch")]
    [InlineData("query($n: String!) { repository(owner: \"a\", name: $n) { name } }", "INVALID_VARIABLE")]
    [InlineData("{ repository(owner: \"a\", name: \"b\") { ...F } }", "useAndDefineFragment")]
    [InlineData("{ repository(owner: \"a\", name: \"b\") { ... on Commit { oid } } }", "cannotSpreadFragment")]
    [InlineData("{ repository(owner: \"a\", name: \"b\") { name ", null)]
    public async Task What_the_schema_does_not_have_is_refused(string query, string? code)
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var answer = await gitHub.GraphQlAsync(query);
        answer["data"].ShouldBeNull();
        ((string?)answer["errors"]![0]!["extensions"]?["code"]).ShouldBe(code);
    }

    [Theory]
    [InlineData(
        "query { repository(owner: \"acme\", name: \"other\") { name } }",
        "NOT_FOUND",
        """{"repository":null}"""
    )]
    [InlineData(
        "{ repository(owner: \"acme\", name: \"gitops\") { ref(qualifiedName: \"main\") { target { ... on Commit { history { nodes { oid } } } } } } }",
        "MISSING_PAGINATION_BOUNDARIES",
        // A commit always has a history: what has none is no commit.
        """{"repository":{"ref":{"target":null}}}"""
    )]
    public async Task What_cannot_be_answered_is_null_with_an_error_of_a_type(string query, string type, string data)
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var answer = await gitHub.GraphQlAsync(query);
        answer["data"]!.ToJsonString().ShouldBe(data);
        ((string?)answer["errors"]![0]!["type"]).ShouldBe(type);
    }

    [Fact]
    public async Task A_commit_is_made_on_the_expected_head_only()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var before = gitHub.Head;

        var answer = await gitHub.GraphQlAsync(CommitDocument, Input(before, "a.yaml"));
        ((string?)answer["data"]!["createCommitOnBranch"]!["commit"]!["oid"]).ShouldBe(gitHub.Head);
        gitHub.Repository.Read("main", "a.yaml").ShouldBe("new\n");
        gitHub.Repository.Log("main")[0].Message.ShouldBe("Headline\n\nBody");

        answer = await gitHub.GraphQlAsync(CommitDocument, Input(before, "a.yaml"));
        ((string?)answer["errors"]![0]!["type"]).ShouldBe("STALE_DATA");
        gitHub.Repository.Log("main").Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("branch", "none", "NOT_FOUND")]
    [InlineData("path", "../a", "UNPROCESSABLE")]
    [InlineData("path", "/a", "UNPROCESSABLE")]
    [InlineData("token", "reader", "FORBIDDEN")]
    [InlineData("token", "stranger", "NOT_FOUND")]
    [InlineData("contents", "not base64!", null)]
    [InlineData("expectedHeadOid", "main", null)]
    public async Task Commits_that_GitHub_would_not_make_are_refused(string what, string value, string? type)
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var before = gitHub.Head;
        var input = Input(before, what == "path" ? value : "a.yaml");
        var inner = input["input"]!;
        switch (what)
        {
            case "branch":
                inner["branch"]!["branchName"] = value;
                break;
            case "contents":
                inner["fileChanges"]!["additions"]![0]!["contents"] = value;
                break;
            case "expectedHeadOid":
                inner["expectedHeadOid"] = value;
                break;
        }

        var answer = await gitHub.GraphQlAsync(CommitDocument, input, what == "token" ? value : "writer");

        ((string?)answer["errors"]![0]!["type"]).ShouldBe(type);
        gitHub.Head.ShouldBe(before);
    }

    private static JsonObject Input(string head, string path) =>
        new()
        {
            ["input"] = new JsonObject
            {
                ["branch"] = new JsonObject { ["repositoryNameWithOwner"] = "acme/gitops", ["branchName"] = "main" },
                ["expectedHeadOid"] = head,
                ["message"] = new JsonObject { ["headline"] = "Headline", ["body"] = "Body" },
                ["fileChanges"] = new JsonObject
                {
                    ["additions"] = new JsonArray(
                        new JsonObject
                        {
                            ["path"] = path,
                            ["contents"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("new\n")),
                        }
                    ),
                },
            },
        };
}
