using System.Security.Cryptography;
using Devflow.ChatOps.Tests.Action.World;

namespace Devflow.ChatOps.Tests.Action.Program;

/// <summary>What others wrote does not command the runner, and what is secret is not read.</summary>
public sealed class SecurityTests : IAsyncLifetime
{
    private const string Hostile =
        "::error::PWNED\n# ::add-mask::PWNED\n  ##[error]PWNED\n#\r::warning::PWNED\n# ```\n# <img src=x>\n";

    private ActionWorld world = null!;

    public async ValueTask InitializeAsync() => world = await ActionWorld.StartAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task A_file_cannot_command_the_runner()
    {
        const string yaml =
            "# ::error::PWNED\n::set-output name=changed::PWNED: ##[error]PWNED\nimages:\n"
            + "  - name: registry.example.com/my-app\n    newTag: v1\n# ```\n# ##[add-mask]PWNED\n # ::stop-commands::PWNED\n";
        Put("apps/kustomization.yaml", "kind: Kustomization\n" + yaml);
        var end = await world.RunAsync(("files", "apps/kustomization.yaml"));
        end.ExitCode.ShouldBe(0, end.Log);
        end.Log.ShouldContain("PWNED");
        end.Commands.Select(command => command.Name)
            .Distinct()
            .ShouldBe(["add-mask", "group", "endgroup"], ignoreOrder: true);
        end.Commands.ShouldAllBe(command => !command.Text.Contains("PWNED"));
        end.Outputs["changed"].ShouldBe("true");
        // The fence is longer than any within.
        end.Summary.ShouldContain("\n````diff\n");
        end.Summary.TrimEnd().ShouldEndWith("````");
    }

    [Fact]
    public async Task A_fault_that_quotes_a_file_is_one_annotation()
    {
        Put("apps/values.yaml", Hostile + "a: [\n");
        var end = await world.RunAsync(("files", "apps/values.yaml"));
        end.ExitCode.ShouldBe(1, end.Log);
        end.Commands.Select(command => command.Name).Distinct().ShouldBe(["add-mask", "error"], ignoreOrder: true);
        end.Commands.Where(command => command.Name == "add-mask").ShouldAllBe(command => command.Text == world.Token);
    }

    [Fact]
    public async Task Inputs_cannot_command_the_runner()
    {
        var end = await world.RunAsync(
            ("app", "a\n::error::PWNED"),
            ("branch", "x\n##[add-mask]PWNED"),
            ("files", "a\n::add-mask::PWNED"),
            ("wait", "##[error]PWNED")
        );
        end.ExitCode.ShouldBe(2, end.Log);
        end.Commands.Select(command => command.Name).Distinct().ShouldBe(["add-mask", "error"], ignoreOrder: true);
        end.Commands.Where(command => command.Name == "add-mask").ShouldAllBe(command => command.Text == world.Token);
        foreach (var line in end.Log.Split('\n').Where(line => line.Contains("PWNED")))
        {
            line.ShouldStartWith("::error ");
        }
    }

    [Fact]
    public async Task Secrets_are_masked_before_anything_else_is_said_and_are_read_nowhere()
    {
        using var rsa = RSA.Create(2048);
        var pem = rsa.ExportRSAPrivateKeyPem();
        var end = await world.RunAsync(
            ("app-id", "no app!"),
            ("private-key", pem),
            ("mode", pem),
            ("timeout", world.Token)
        );
        end.ExitCode.ShouldBe(2, end.Log);
        var lines = end.Log.Split('\n');
        string[] secrets = [world.Token, .. pem.Split('\n').Where(line => !line.StartsWith('-'))];
        lines.Take(secrets.Length).ShouldBe(secrets.Select(secret => $"::add-mask::{secret}"));
        // What an input says wrongly is quoted, cut short; what the runner masks in it is masked line by line.
        end.Log.ShouldNotContain("END RSA PRIVATE KEY");
    }

    [Fact]
    public async Task The_token_is_sent_to_GitHub_and_written_nowhere()
    {
        var end = await world.RunAsync();
        end.ExitCode.ShouldBe(0, end.Log);
        end.Log.Replace($"::add-mask::{world.Token}", "", StringComparison.Ordinal).ShouldNotContain(world.Token);
        end.Summary.ShouldNotContain(world.Token);
        end.Outputs.Values.ShouldAllBe(value => !value.Contains(world.Token));
        world.Repository.Log("main")[0].Message.ShouldNotContain(world.Token);
    }

    private void Put(string path, string content) =>
        world.Repository.Commit("main", "Put", [KeyValuePair.Create<string, string?>(path, content)]);
}
