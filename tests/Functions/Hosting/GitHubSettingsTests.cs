using System.Security.Cryptography;
using Devflow.ChatOps.Functions.Hosting;

namespace Devflow.ChatOps.Tests.Functions.Hosting;

public sealed class GitHubSettingsTests
{
    [Fact]
    public void Nothing_set_is_not_set_up_and_no_fault()
    {
        var settings = new GitHubSettings();

        settings.IsSetUp.ShouldBeFalse();
        settings.Faults().ShouldBeEmpty();
    }

    [Fact]
    public void A_key_is_read_with_its_line_breaks_written_out()
    {
        var settings = new GitHubSettings { AppId = "1", PrivateKey = Key().ReplaceLineEndings("\\n") };

        settings.Faults().ShouldBeEmpty();
        settings.ToCredentials().AppId.ShouldBe("1");
    }

    [Fact]
    public void A_key_is_read_from_a_file()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Key());

            new GitHubSettings { AppId = "1", PrivateKeyFile = file }
                .Faults()
                .ShouldBeEmpty();
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Everything_that_is_wrong_is_named_at_once_and_no_secret_with_it()
    {
        var faults = new GitHubSettings
        {
            AppId = "1",
            PrivateKey = "hush-hush-this-is-no-key",
            ApiAddress = new Uri("http://api.github.example/"),
            WebhookSecrets = ["short", "a-secret-of-enough-characters", "another-of-enough-characters"],
        }
            .Faults()
            .ToList();

        faults.Count.ShouldBe(4);
        string.Join('\n', faults).ShouldNotContain("hush");
        string.Join('\n', faults).ShouldNotContain("short,");
    }

    [Theory]
    [InlineData("", "", "is needed")]
    [InlineData("a", "b", "is needed")]
    [InlineData("", "/nowhere/key.pem", "cannot be read")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "", "not one in PEM")]
    public void An_App_needs_one_key(string key, string file, string fault) =>
        new GitHubSettings
        {
            AppId = "1",
            PrivateKey = key,
            PrivateKeyFile = file,
        }
            .Faults()
            .ShouldHaveSingleItem()
            .ShouldContain(fault);

    [Fact]
    public void A_key_without_an_App_is_a_fault() =>
        new GitHubSettings { PrivateKey = Key() }
            .Faults()
            .ShouldHaveSingleItem()
            .ShouldContain("AppId");

    private static string Key()
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportRSAPrivateKeyPem();
    }
}
