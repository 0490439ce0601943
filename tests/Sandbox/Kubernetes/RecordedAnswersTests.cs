using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.Sandbox.Kubernetes;

/// <summary>The stand-in answers what a real API server answered.</summary>
public sealed class RecordedAnswersTests
{
    /// <summary>Headers that clients act on.</summary>
    private static readonly string[] Headers =
    [
        "Content-Type",
        "Cache-Control",
        "Warning",
        "Retry-After",
        "X-Content-Type-Options",
    ];

    [Theory]
    [InlineData("get-rollout")]
    [InlineData("get-rollout-status-subresource")]
    [InlineData("list-rollouts")]
    [InlineData("list-all-namespaces")]
    [InlineData("list-metadata-only")]
    [InlineData("list-table")]
    [InlineData("get-missing")]
    [InlineData("get-unknown-kind")]
    [InlineData("get-unknown-group")]
    [InlineData("list-in-missing-namespace")]
    [InlineData("no-token")]
    [InlineData("unknown-token")]
    [InlineData("reader-get")]
    [InlineData("reader-other-namespace")]
    [InlineData("reader-promote")]
    [InlineData("no-status-promote")]
    [InlineData("no-status-abort")]
    [InlineData("status-fields-sent-to-main-resource")]
    [InlineData("spec-fields-sent-to-status")]
    [InlineData("bad-json")]
    [InlineData("unsupported-content-type")]
    [InlineData("strategic-merge-on-custom-resource")]
    [InlineData("wrong-type")]
    [InlineData("unknown-field")]
    [InlineData("unknown-field-strict")]
    [InlineData("unknown-status-field")]
    [InlineData("json-patch-test-fails")]
    [InlineData("json-patch-missing-path")]
    [InlineData("get-again")]
    [InlineData("merge-patch-with-old-resource-version")]
    [InlineData("merge-patch-with-other-uid")]
    [InlineData("put-with-old-resource-version")]
    [InlineData("dry-run-promote")]
    [InlineData("no-op-patch")]
    [InlineData("create-duplicate")]
    [InlineData("list-exact-compacted-version")]
    [InlineData("list-not-older-than-future", 11244)]
    [InlineData("readyz")]
    [InlineData("api-groups-argoproj")]
    public async Task A_recorded_request_is_answered_as_recorded(string label, long version = 11236)
    {
        await using var cluster = await RecordedCluster.StartAsync(version);
        var recording = RecordedCluster.Recording(label);

        using var answer = await cluster.ReplayAsync(recording);

        await ShouldBeAsRecorded(answer, recording);
        cluster.Server.Store.ResourceVersion.ShouldBe(version, "none of these requests changes anything");
    }

    [Fact]
    public async Task The_version_is_that_of_the_recorded_server()
    {
        await using var cluster = await RecordedCluster.StartAsync();
        var recording = RecordedCluster.Recording("openapi-version");

        using var answer = await cluster.ReplayAsync(recording);

        var (actual, expected) = (await JsonOf(answer), recording["response"]!["body"]!.AsObject());
        actual.Select(field => field.Key).ShouldBe(expected.Select(field => field.Key));
        foreach (var field in (string[])["major", "minor", "gitVersion"])
        {
            actual[field]!.ToString().ShouldBe(expected[field]!.ToString());
        }
    }

    [Fact]
    public async Task Every_recorded_resource_of_Argo_Rollouts_is_discovered()
    {
        await using var cluster = await RecordedCluster.StartAsync();
        var recording = RecordedCluster.Recording("api-resources-argoproj");

        using var answer = await cluster.ReplayAsync(recording);

        var served = (await JsonOf(answer))["resources"]!.AsArray();
        foreach (var expected in recording["response"]!["body"]!["resources"]!.AsArray().OfType<JsonObject>())
        {
            expected.Remove("storageVersionHash");
            served.ShouldContain(found => JsonNode.DeepEquals(found, expected), expected.ToJsonString());
        }
    }

    [Fact]
    public async Task An_access_review_is_answered_as_recorded()
    {
        await using var cluster = await RecordedCluster.StartAsync();
        var recording = RecordedCluster.Recording("self-subject-access-review");
        recording["response"]!["body"]!["metadata"]!.AsObject().Remove("managedFields");

        using var answer = await cluster.ReplayAsync(recording);

        await ShouldBeAsRecorded(answer, recording);
    }

    [Fact]
    public async Task A_watch_from_a_compacted_version_gets_one_line_of_error_as_recorded()
    {
        await using var cluster = await RecordedCluster.StartAsync(10438);
        var recording = RecordedCluster.Recording("watch-from-compacted-version");

        using var answer = await cluster.ReplayAsync(recording);

        await ShouldBeRecordedLines(answer, recording, normalised: false);
    }

    [Fact]
    public async Task A_watch_from_a_future_version_stays_silent_until_its_timeout()
    {
        await using var cluster = await RecordedCluster.StartAsync();
        var recording = RecordedCluster.Recording("watch-from-future-version");

        using var answer = await cluster.ReplayAsync(recording);
        cluster.Annotate("example.com/a");
        cluster.Clock.Advance(TimeSpan.FromSeconds(2));

        await ShouldBeRecordedLines(answer, recording);
    }

    [Fact]
    public async Task A_watch_without_a_version_starts_with_what_is_there()
    {
        await using var cluster = await RecordedCluster.StartAsync();
        var recording = RecordedCluster.Recording("watch-without-version");

        using var answer = await cluster.ReplayAsync(recording);
        cluster.Clock.Advance(TimeSpan.FromSeconds(2));

        await ShouldBeRecordedLines(answer, recording);
    }

    [Fact]
    public async Task A_watch_with_bookmarks_ends_with_one()
    {
        await using var cluster = await RecordedCluster.StartAsync(11214);
        var recording = RecordedCluster.Recording("watch-with-bookmarks");

        using var answer = await cluster.ReplayAsync(recording);
        cluster.Annotate("example.com/a");
        cluster.Clock.Advance(TimeSpan.FromSeconds(4));

        await ShouldBeRecordedLines(answer, recording);
    }

    [Fact]
    public async Task A_streaming_list_marks_the_end_of_the_list_with_a_bookmark()
    {
        await using var cluster = await RecordedCluster.StartAsync();
        cluster.Annotate("example.com/a");
        var recording = RecordedCluster.Recording("watch-streaming-list");

        using var answer = await cluster.ReplayAsync(recording);
        cluster.Annotate("example.com/b");
        cluster.Clock.Advance(TimeSpan.FromSeconds(3));

        await ShouldBeRecordedLines(answer, recording);
    }

    [Fact]
    public async Task A_watch_of_one_name_sees_its_deletion()
    {
        await using var cluster = await RecordedCluster.StartAsync();
        cluster.Annotate("example.com/a");
        cluster.Annotate("example.com/b");
        var recording = RecordedCluster.Recording("watch-field-selector-delete");

        using var answer = await cluster.ReplayAsync(recording);
        cluster
            .Server.Store.Delete(Devflow.ChatOps.Sandbox.Kubernetes.Resources.Rollout, "shop-answers", "storefront")
            .ShouldBeTrue();
        cluster.Clock.Advance(TimeSpan.FromSeconds(6));

        await ShouldBeRecordedLines(answer, recording);
    }

    private static async Task ShouldBeAsRecorded(HttpResponseMessage answer, JsonObject recording)
    {
        var expected = recording["response"]!.AsObject();
        ShouldHaveRecordedHead(answer, expected);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (expected["body"] is not JsonObject body)
        {
            text.ShouldBe(expected["rawBody"]!.GetValue<string>());
            return;
        }

        ShouldEqual(JsonNode.Parse(text), body);
    }

    private static async Task ShouldBeRecordedLines(
        HttpResponseMessage answer,
        JsonObject recording,
        bool normalised = true
    )
    {
        var expected = recording["response"]!.AsObject();
        ShouldHaveRecordedHead(answer, expected);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .ToArray();
        var wanted = expected["rawLines"]!
            .AsArray()
            .Select(line => JsonNode.Parse(line!.GetValue<string>())!)
            .ToArray();
        lines.Select(line => line["type"]!.ToString()).ShouldBe(wanted.Select(line => line["type"]!.ToString()));
        foreach (var (line, want) in lines.Zip(wanted))
        {
            if (normalised)
            {
                Normalise(line);
                Normalise(want);
            }

            ShouldEqual(line, want);
        }
    }

    private static void ShouldHaveRecordedHead(HttpResponseMessage answer, JsonObject expected)
    {
        ((int)answer.StatusCode).ShouldBe(expected["status"]!.GetValue<int>());
        answer.ReasonPhrase.ShouldBe(expected["reason"]!.GetValue<string>());
        var recorded = expected["headers"]!
            .AsArray()
            .Select(pair => pair!.AsArray())
            .ToLookup(pair => pair[0]!.ToString(), pair => pair[1]!.ToString(), StringComparer.OrdinalIgnoreCase);
        foreach (var name in Headers)
        {
            var found =
                answer.Headers.NonValidated.TryGetValues(name, out var general) ? general
                : answer.Content.Headers.NonValidated.TryGetValues(name, out var ofContent) ? ofContent
                : default;
            found.ToArray().ShouldBe(recorded[name], name);
        }
    }

    /// <summary>Versions are the store's own, and who wrote which field is not kept by the stand-in.</summary>
    private static void Normalise(JsonNode line)
    {
        var metadata = line["object"]!["metadata"]!.AsObject();
        long.Parse(metadata["resourceVersion"]!.ToString()).ShouldBeGreaterThan(0);
        metadata["resourceVersion"] = "normalised";
        metadata.Remove("managedFields");
    }

    private static void ShouldEqual(JsonNode? actual, JsonNode expected)
    {
        if (!JsonNode.DeepEquals(actual, expected))
        {
            // Only to show where they differ.
            actual!.ToJsonString().ShouldBe(expected.ToJsonString());
        }
    }

    private static async Task<JsonObject> JsonOf(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();
}
