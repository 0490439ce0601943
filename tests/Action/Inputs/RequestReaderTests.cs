using System.Security.Cryptography;
using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Waiting;
using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.Tests.Action.World;

namespace Devflow.ChatOps.Tests.Action.Inputs;

public sealed class RequestReaderTests
{
    [Fact]
    public void A_workflow_says_little_and_the_rest_is_what_one_expects()
    {
        var request = Read();
        var order = request.Order;
        order.Repository.ShouldBe("acme/gitops");
        order.Branch.ShouldBe("main");
        order.Files.ShouldBeEmpty();
        order.Images.ShouldHaveSingleItem().Reference(order.Images[0].Name).ShouldBe("registry.example.com/my-app:v2");
        order.Run.ToString().ShouldBe("123456/.github/workflows/release.yml/42/1");
        order.SourceCommit.ShouldBe(RunVariables.Source);
        order.Actor.ShouldBe("alice-gh");
        order.Mode.ShouldBe(ReleaseMode.Commit);
        order.MessageTemplate.ShouldBe(ReleaseOrder.DefaultMessage);
        order.ForceReason.ShouldBeNull();
        (order.DryRun, order.AllowOlder, request.FailOnSuperseded).ShouldBe((false, false, false));
        request.Access.ShouldBe(new Access.Token("a-token-of-the-test"));
        request.Service.ShouldBeNull();
        (request.Wait, request.Timeout).ShouldBe((WaitGoal.None, TimeSpan.FromMinutes(30)));
    }

    [Fact]
    public void The_repository_of_the_workflow_is_the_default() =>
        Read(("gitops-repository", "")).Order.Repository.ShouldBe("acme/my-app");

    [Theory]
    [InlineData("registry.example.com:5000/my-app", "v2", "", "registry.example.com:5000/my-app:v2")]
    [InlineData("my-app:v3", "", "", "my-app:v3")]
    [InlineData("my-app:v3", "v3", "", "my-app:v3")]
    [InlineData("my-app", "", RunVariables.Digest, "my-app@" + RunVariables.Digest)]
    [InlineData("my-app:v3", "", RunVariables.Digest, "my-app:v3@" + RunVariables.Digest)]
    public void One_image_is_said_in_one_input_or_in_three(string image, string tag, string digest, string expected)
    {
        var order = Read(("image", image), ("tag", tag), ("digest", digest)).Order;
        order.Images.ShouldHaveSingleItem().Reference(order.Images[0].Name).ShouldBe(expected);
    }

    [Fact]
    public void Several_images_are_lines()
    {
        var order = Read(
            ("image", ""),
            ("tag", ""),
            ("images", $"a/web:v2\r\n\n  a/worker:v2@{RunVariables.Digest}\n")
        ).Order;
        order
            .Images.Select(image => image.Reference(image.Name))
            .ShouldBe(["a/web:v2", $"a/worker:v2@{RunVariables.Digest}"]);
    }

    [Fact]
    public void The_digest_is_known_and_not_written_on_wish()
    {
        var order = Read(("digest", RunVariables.Digest), ("write-digest", "false")).Order;
        order.Images[0].Digest.ShouldBe(RunVariables.Digest);
        order.WriteDigest.ShouldBeFalse();
    }

    [Fact]
    public void Files_and_path_arrive()
    {
        var order = Read(("files", "apps/my-app\n**/values.yaml"), ("yaml-path", "image.tag")).Order;
        order.Files.ShouldBe(["apps/my-app", "**/values.yaml"]);
        order.Path!.ToString().ShouldBe("image.tag");
    }

    [Fact]
    public void Every_fault_is_found_at_once_and_named()
    {
        var variables = RunVariables.Of(
            ("app", ""),
            ("image", "No Image"),
            ("digest", "sha256:short"),
            ("branch", "a..b"),
            ("gitops-repository", "acme"),
            ("yaml-path", "a..b"),
            ("mode", "push"),
            ("force", "true"),
            ("dry-run", "yes"),
            ("token", ""),
            ("wait", "completed"),
            ("timeout", "soon"),
            ("source-commit", "main")
        );
        variables.Remove("GITHUB_RUN_NUMBER");
        var faults = Faults(variables);
        faults
            .Select(fault => fault.Input)
            .ShouldBe(
                [
                    "app",
                    "image",
                    "digest",
                    "branch",
                    "gitops-repository",
                    "yaml-path",
                    "mode",
                    "force-reason",
                    "dry-run",
                    "token",
                    "wait",
                    "timeout",
                    "source-commit",
                    "GITHUB_RUN_NUMBER",
                ],
                ignoreOrder: true
            );
        faults.ShouldAllBe(fault => fault.Message.EndsWith('.'));
    }

    [Theory]
    [InlineData("image", "", "Say what is released")]
    [InlineData("images", "a/web:v2", "not both")]
    [InlineData("tag", "-x", "is no tag")]
    [InlineData("tag", "", "needs a tag or a digest")]
    [InlineData("write-digest", "maybe", "true or false")]
    [InlineData("files", "", null)]
    [InlineData("timeout", "7h", "1s to 6h")]
    [InlineData("timeout", "", null)]
    [InlineData("wait", "synced", "devflow-url")]
    [InlineData("private-key", "nothing", "app")]
    [InlineData("devflow-url", "http://devflow.example.com", "https://")]
    [InlineData("devflow-url", "devflow.example.com", "https://")]
    [InlineData("devflow-url", "https://devflow.example.com", "id-token: write")]
    public void A_fault_says_what_to_do(string input, string value, string? expected)
    {
        var faults = Faults(RunVariables.Of((input, value)));
        if (expected is null)
        {
            faults.ShouldBeEmpty();
        }
        else
        {
            faults.ShouldContain(fault => fault.Message.Contains(expected, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_pull_request_cannot_be_waited_for()
    {
        Faults(
                WithToken(
                    ("mode", "pull-request"),
                    ("wait", "completed"),
                    ("devflow-url", "https://devflow.example.com")
                )
            )
            .ShouldHaveSingleItem()
            .Input.ShouldBe("wait");
    }

    [Fact]
    public void The_service_is_known_with_its_token()
    {
        var (request, _) = RequestReader.Read(
            RunVariables.Runner(
                WithToken(
                    ("devflow-url", "https://devflow.example.com/base"),
                    ("wait", "preview"),
                    ("timeout", "1h30m")
                )
            )
        );
        request!.Service.ShouldBe(
            new ServiceAccess(
                new Uri("https://devflow.example.com/base/"),
                "devflow",
                new Uri("https://token.example.com/?a=b"),
                "request-token",
                9001
            )
        );
        (request.Wait, request.Timeout).ShouldBe((WaitGoal.Preview, TimeSpan.FromMinutes(90)));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\\n")]
    public void An_App_is_used_instead_of_the_token(string lineEnd)
    {
        using var rsa = RSA.Create(2048);
        var pem = rsa.ExportRSAPrivateKeyPem();
        var request = Read(
            ("app-id", "Iv23.abc"),
            ("private-key", pem.Replace("\n", lineEnd, StringComparison.Ordinal))
        );
        request.Access.ShouldBe(new Access.App("Iv23.abc", pem));
    }

    [Theory]
    [InlineData("""{"workflow_run":{"head_sha":"cccccccccccccccccccccccccccccccccccccccc"}}""")]
    [InlineData("""{"pull_request":{"head":{"sha":"cccccccccccccccccccccccccccccccccccccccc"}}}""")]
    [InlineData("""{"deployment":{"sha":"cccccccccccccccccccccccccccccccccccccccc"}}""")]
    public void The_commit_is_that_of_the_event(string payload)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, payload);
            var variables = RunVariables.Of();
            variables["GITHUB_EVENT_PATH"] = path;
            var (request, _) = RequestReader.Read(RunVariables.Runner(variables));
            request!.Order.SourceCommit.ShouldBe(new string('c', 40));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void An_event_that_cannot_be_read_is_a_fault_unless_the_commit_is_given()
    {
        var variables = RunVariables.Of();
        // There, and not to be read from its beginning, by whomever.
        variables["GITHUB_EVENT_PATH"] = "/proc/self/mem";
        var (_, faults) = RequestReader.Read(RunVariables.Runner(variables));
        faults.ShouldHaveSingleItem().Input.ShouldBe("GITHUB_EVENT_PATH");
        variables["INPUT_SOURCE-COMMIT"] = new string('c', 40);
        RequestReader.Read(RunVariables.Runner(variables)).Request!.Order.SourceCommit.ShouldBe(new string('c', 40));
    }

    private static Dictionary<string, string> WithToken(params (string, string)[] inputs)
    {
        var variables = RunVariables.Of(inputs);
        variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://token.example.com/?a=b";
        variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "request-token";
        return variables;
    }

    private static ActionRequest Read(params (string, string)[] inputs)
    {
        var (request, faults) = RequestReader.Read(RunVariables.Runner(RunVariables.Of(inputs)));
        faults.ShouldBeEmpty();
        return request!;
    }

    private static IReadOnlyList<InputFault> Faults(Dictionary<string, string> variables) =>
        RequestReader.Read(RunVariables.Runner(variables)).Faults;
}
