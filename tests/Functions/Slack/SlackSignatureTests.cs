using System.Text;
using Devflow.ChatOps.Functions.Adapters.Slack;
using Microsoft.AspNetCore.Http;

namespace Devflow.ChatOps.Tests.Functions.Slack;

public sealed class SlackSignatureTests
{
    // The example of Slack's documentation.
    private const string Secret = "8f742231b10e8888abcd99yyyzzz85a5";
    private const string Timestamp = "1531420618";
    private const string Signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    private const string Body =
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        + "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        + "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    private static readonly DateTimeOffset Signed = DateTimeOffset.FromUnixTimeSeconds(1531420618);

    [Fact]
    public void The_example_of_the_documentation_is_valid() => Verify().ShouldBe(SlackSignatureAnswer.Valid);

    [Fact]
    public void Another_body_is_wrong() => Verify(body: Body + " ").ShouldBe(SlackSignatureAnswer.Wrong);

    [Fact]
    public void Another_secret_is_wrong() => Verify(secrets: ["another"]).ShouldBe(SlackSignatureAnswer.Wrong);

    [Theory]
    [InlineData(Secret, "next")]
    [InlineData("next", Secret)]
    public void Either_of_two_secrets_may_have_signed(string first, string second) =>
        Verify(secrets: [first, second]).ShouldBe(SlackSignatureAnswer.Valid);

    [Fact]
    public void Without_a_secret_nothing_is_accepted()
    {
        Verify(secrets: []).ShouldBe(SlackSignatureAnswer.MissingSecret);
        Verify(secrets: ["", " "]).ShouldBe(SlackSignatureAnswer.MissingSecret);
    }

    [Fact]
    public void A_blank_secret_beside_a_good_one_is_no_secret()
    {
        using var mac = new System.Security.Cryptography.HMACSHA256(Encoding.UTF8.GetBytes(""));
        var forged = mac.ComputeHash(Encoding.UTF8.GetBytes($"v0:{Timestamp}:{Body}"));
        Verify("v0=" + Convert.ToHexStringLower(forged), secrets: [Secret, ""]).ShouldBe(SlackSignatureAnswer.Wrong);
    }

    [Theory]
    [InlineData(300, SlackSignatureAnswer.Valid)]
    [InlineData(-300, SlackSignatureAnswer.Valid)]
    [InlineData(301, SlackSignatureAnswer.Stale)]
    [InlineData(-301, SlackSignatureAnswer.Stale)]
    public void It_is_good_for_five_minutes(int secondsLater, SlackSignatureAnswer answer) =>
        Verify(now: Signed.AddSeconds(secondsLater)).ShouldBe(answer);

    [Theory]
    [InlineData(null, Timestamp)]
    [InlineData("", Timestamp)]
    [InlineData("v0=", Timestamp)]
    [InlineData("v1=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503", Timestamp)]
    [InlineData("v0=A2114D57B48EAC39B9AD189DD8316235A7B4A8D21A10BD27519666489C69B503", Timestamp)]
    [InlineData("v0=x2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503", Timestamp)]
    [InlineData(Signature + "00", Timestamp)]
    [InlineData(Signature, null)]
    [InlineData(Signature, "")]
    [InlineData(Signature, "soon")]
    [InlineData(Signature, "-1531420618")]
    [InlineData(Signature, " 1531420618")]
    [InlineData(Signature, "1531420618.0")]
    [InlineData(Signature, "9223372036854775808")]
    [InlineData(Signature, "99999999999999999999999999")]
    public void Headers_of_another_shape_are_malformed(string? signature, string? timestamp) =>
        Verify(signature, timestamp).ShouldBe(SlackSignatureAnswer.Malformed);

    [Fact]
    public void A_header_that_comes_twice_is_malformed()
    {
        var headers = new HeaderDictionary
        {
            [SlackSignature.SignatureHeader] = new([Signature, Signature]),
            [SlackSignature.TimestampHeader] = Timestamp,
        };
        SlackSignature
            .Verify(headers, Encoding.UTF8.GetBytes(Body), [Secret], Signed)
            .ShouldBe(SlackSignatureAnswer.Malformed);
    }

    private static SlackSignatureAnswer Verify(
        string? signature = Signature,
        string? timestamp = Timestamp,
        string body = Body,
        string[]? secrets = null,
        DateTimeOffset? now = null
    )
    {
        var headers = new HeaderDictionary();
        if (signature is not null)
        {
            headers["x-slack-signature"] = signature;
        }

        if (timestamp is not null)
        {
            headers["x-slack-request-timestamp"] = timestamp;
        }

        return SlackSignature.Verify(headers, Encoding.UTF8.GetBytes(body), secrets ?? [Secret], now ?? Signed);
    }
}
