using System.Text;
using Devflow.ChatOps.Functions.Adapters.GitHub;
using Microsoft.AspNetCore.Http;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

public sealed class GitHubSignatureTests
{
    // https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
    private const string Secret = "It's a Secret to Everybody";
    private const string Signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    private static readonly byte[] body = Encoding.UTF8.GetBytes("Hello, World!");

    [Fact]
    public void GitHubs_own_example_is_valid_with_either_of_two_secrets()
    {
        Verify(Signature, Secret).ShouldBe(GitHubSignatureAnswer.Valid);
        Verify(Signature, "another one, newer", Secret).ShouldBe(GitHubSignatureAnswer.Valid);
        Verify(Signature, Secret, "another one, newer").ShouldBe(GitHubSignatureAnswer.Valid);
    }

    [Fact]
    public void Without_a_secret_nothing_is_accepted()
    {
        Verify(Signature).ShouldBe(GitHubSignatureAnswer.MissingSecret);
        Verify(Signature, "", " ").ShouldBe(GitHubSignatureAnswer.MissingSecret);
    }

    [Fact]
    public void Another_body_or_secret_is_wrong()
    {
        Verify(Signature, "it's a secret to everybody").ShouldBe(GitHubSignatureAnswer.Wrong);
        var headers = new HeaderDictionary { [GitHubSignature.Header] = Signature };
        GitHubSignature.Verify(headers, "Hello, World"u8, [Secret]).ShouldBe(GitHubSignatureAnswer.Wrong);
    }

    [Theory]
    [InlineData("")]
    [InlineData("757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [InlineData("sha1=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [InlineData("sha256=757107EA0EB2509FC211221CCE984B8A37570B6D7586C22C46F4379C8B043E17")]
    [InlineData("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e1")]
    public void Other_shapes_are_malformed(string signature) =>
        Verify(signature, Secret).ShouldBe(GitHubSignatureAnswer.Malformed);

    [Fact]
    public void One_header_is_needed_and_two_are_too_many()
    {
        GitHubSignature.Verify(new HeaderDictionary(), body, [Secret]).ShouldBe(GitHubSignatureAnswer.Malformed);
        var twice = new HeaderDictionary { [GitHubSignature.Header] = new[] { Signature, Signature } };
        GitHubSignature.Verify(twice, body, [Secret]).ShouldBe(GitHubSignatureAnswer.Malformed);
    }

    private static GitHubSignatureAnswer Verify(string signature, params string[] secrets) =>
        GitHubSignature.Verify(new HeaderDictionary { [GitHubSignature.Header] = signature }, body, secrets);
}
