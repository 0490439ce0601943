using System.Text;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations.BadRequests;

/// <summary>Bad bodies, and what an answer to them must look like.</summary>
internal static class Requests
{
    public const string Json = "application/json";
    public const string Form = "application/x-www-form-urlencoded";
    public static readonly byte[] NotUtf8 = [0xC3, 0x28, 0xFF, 0xFE];

    /// <summary>Bodies that are no JSON object of any endpoint.</summary>
    public static readonly IReadOnlyDictionary<string, (byte[] Body, int Status)> Bodies = new Dictionary<
        string,
        (byte[] Body, int Status)
    >
    {
        ["nothing"] = ([], 400),
        ["no JSON"] = (Utf8("event=on-rollout-paused"), 400),
        ["cut off"] = (Utf8("""{"event":"on-rollout-paused","name":"""), 400),
        ["an array"] = (Utf8("[]"), 400),
        ["a text"] = (Utf8("\"my-app\""), 400),
        ["null"] = (Utf8("null"), 400),
        ["an empty object"] = (Utf8("{}"), 400),
        ["two documents"] = (Utf8("{} {}"), 400),
        ["comments"] = (Utf8("{/* */}"), 400),
        ["deep"] = (Utf8(Deep(10_000)), 400),
        ["not UTF-8"] = ([.. Utf8("{\"name\":\""), .. NotUtf8, .. Utf8("\"}")], 400),
        ["not UTF-8 in a name"] = ([.. Utf8("{\""), .. NotUtf8, .. Utf8("\":1}")], 400),
        ["UTF-16"] = (Encoding.Unicode.GetBytes("""{"event":"x"}"""), 400),
        ["huge"] = (Utf8($$"""{"name":"{{new string('x', 3_000_000)}}"}"""), 413),
    };

    /// <summary>The answer is a problem of this status (RFC 9457); its detail.</summary>
    public static async Task<string> ShouldBeProblemAsync(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(status, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonNode.Parse(text)!;
        problem["code"]!.GetValue<string>().ShouldNotBeEmpty();
        problem["status"]!.GetValue<int>().ShouldBe(status);
        return problem["detail"]!.GetValue<string>();
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static string Deep(int levels) => $"{{\"a\":{new string('[', levels)}{new string(']', levels)}}}";
}
