using System.Net;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Kubernetes;
using Devflow.ChatOps.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.Kubernetes;

/// <summary>Why a cluster did not do it, told apart.</summary>
public sealed class FaultTests
{
    private static readonly RolloutPatch Abort = new RolloutPatch.Abort("u", "41", new PodHash("bbb"));
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, "BadRequest", ClusterFaultKind.Invalid)]
    [InlineData(401, "Unauthorized", ClusterFaultKind.Unauthorized)]
    [InlineData(403, "Forbidden", ClusterFaultKind.Forbidden)]
    [InlineData(404, "NotFound", ClusterFaultKind.NotFound)]
    [InlineData(409, "Conflict", ClusterFaultKind.Conflict)]
    [InlineData(415, "UnsupportedMediaType", ClusterFaultKind.Invalid)]
    [InlineData(422, "Invalid", ClusterFaultKind.Invalid)]
    [InlineData(429, "TooManyRequests", ClusterFaultKind.TooManyRequests)]
    [InlineData(500, "InternalError", ClusterFaultKind.Unavailable)]
    [InlineData(503, "ServiceUnavailable", ClusterFaultKind.Unavailable)]
    [InlineData(504, "Timeout", ClusterFaultKind.Unavailable)]
    public async Task An_error_answer_is_one_request_and_its_kind(int code, string reason, ClusterFaultKind kind)
    {
        await using var server = await OddServer.StartAsync(OddServer.Says(code, Objects.Status(code, reason, "said")));
        using var clusters = Clusters.At(server.Address);

        (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Kind().ShouldBe(kind);
        server.Requests.Count.ShouldBe(1);
        (await clusters.Rollouts.PatchAsync(Clusters.Shop, Abort, Stop)).Kind().ShouldBe(kind);
        server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_403_says_which_right_is_missing_for_whom()
    {
        var said = Objects.Status(403, "Forbidden", "User \"bot\" cannot patch resource \"rollouts/status\"");
        await using var server = await OddServer.StartAsync(OddServer.Says(403, said));
        using var clusters = Clusters.At(server.Address);

        var why = (await clusters.Rollouts.PatchAsync(Clusters.Shop, Abort, Stop)).Why();

        why.Message.ShouldBe(
            $"Cluster 'prod' does not allow {clusters.PathOf("prod")} to patch rollouts/status in shop (403): User \"bot\" cannot patch resource \"rollouts/status\""
        );
        why.IsTransient.ShouldBeFalse();
    }

    [Theory]
    [InlineData("404 page not found", "text/plain")]
    [InlineData("<html>not here</html>", "text/html")]
    [InlineData("{}", "application/json")]
    public async Task A_404_that_no_API_server_says_does_not_pass_for_a_deleted_Rollout(string body, string type)
    {
        await using var server = await OddServer.StartAsync(OddServer.Says(404, body, type));
        using var clusters = Clusters.At(server.Address);

        var why = (await clusters.Rollouts.ObserveAsync(Clusters.Shop, null, Stop)).Why();

        why.Kind.ShouldBe(ClusterFaultKind.Misconfigured);
        why.Message.ShouldContain("CRDs");
        why.Message.ShouldNotContain("html");
    }

    [Theory]
    [InlineData(429, "7", 7)]
    [InlineData(503, "Fri, 02 Jan 2026 03:04:15 GMT", 10)]
    [InlineData(503, "Fri, 02 Jan 2026 03:00:00 GMT", 0)]
    public async Task How_long_to_wait_is_passed_on(int code, string header, int seconds)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-01-02T03:04:05Z", null));
        await using var server = await OddServer.StartAsync(
            (http, _) =>
            {
                http.Response.Headers.RetryAfter = header;
                return OddServer.Say(http, code, "busy", "text/plain");
            }
        );
        using var clusters = Clusters.At(server.Address, clock: clock);

        var why = (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Why();

        why.RetryAfter.ShouldBe(TimeSpan.FromSeconds(seconds));
        why.IsTransient.ShouldBeTrue();
    }

    [Fact]
    public async Task A_failed_test_of_an_undo_is_a_conflict_and_a_bad_template_is_not()
    {
        // Both as a real API server (1.34) answers them.
        const string failedTest =
            """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the server rejected our request due to an error in our request","reason":"Invalid","details":{},"code":422}""";
        const string badTemplate =
            """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Rollout.argoproj.io \"storefront\" is invalid: spec.template","reason":"Invalid","details":{"name":"storefront","causes":[{"reason":"FieldValueInvalid","message":"must be object","field":"spec.template"}]},"code":422}""";
        var undo = new RolloutPatch.Undo("u", "41", new PodHash("bbb"), new PodHash("aaa"), "{}");
        await using var server = await OddServer.StartAsync(OddServer.Says(422, failedTest));
        using var clusters = Clusters.At(server.Address);

        (await clusters.Rollouts.PatchAsync(Clusters.Shop, undo, Stop)).Kind().ShouldBe(ClusterFaultKind.Conflict);
        server.Answer = OddServer.Says(422, badTemplate);
        (await clusters.Rollouts.PatchAsync(Clusters.Shop, undo, Stop)).Kind().ShouldBe(ClusterFaultKind.Invalid);
    }

    [Fact]
    public async Task Redirects_are_refused()
    {
        await using var elsewhere = await OddServer.StartAsync(OddServer.Says(200, Objects.Rollout().ToJsonString()));
        await using var server = await OddServer.StartAsync(
            (http, _) =>
            {
                http.Response.Redirect($"{elsewhere.Address}login");
                return Task.CompletedTask;
            }
        );
        using var clusters = Clusters.At(server.Address);

        var why = (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Why();

        why.Kind.ShouldBe(ClusterFaultKind.Unavailable);
        why.Message.ShouldContain("redirect");
        elsewhere.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cut_connection_is_unavailable_for_a_read_and_uncertain_for_a_patch_and_never_repeated()
    {
        await using var server = await OddServer.StartAsync(OddServer.Says(200, Objects.Rollout().ToJsonString()));
        using var clusters = Clusters.At(server.Address);
        (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Value();
        server.Answer = (http, _) =>
        {
            http.Abort();
            return Task.CompletedTask;
        };

        var patch = (await clusters.Rollouts.PatchAsync(Clusters.Shop, Abort, Stop)).Why();

        patch.Kind.ShouldBe(ClusterFaultKind.Timeout);
        patch.Message.ShouldContain("it may have happened");
        server.Requests.Count(request => request.Method == "PATCH").ShouldBe(1);
        // It went over the connection that was already open, the case in which handlers like to try again.
        server.Requests.Select(request => request.Connection).Distinct().Count().ShouldBe(1);
        (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Kind().ShouldBe(ClusterFaultKind.Unavailable);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_unavailable()
    {
        await using var server = await OddServer.StartAsync(
            async (http, _) =>
            {
                http.Response.ContentLength = 1000;
                await http.Response.WriteAsync("{\"kind\":");
                await http.Response.Body.FlushAsync();
                http.Abort();
            }
        );
        using var clusters = Clusters.At(server.Address);

        (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Kind().ShouldBe(ClusterFaultKind.Unavailable);
    }

    [Theory]
    [InlineData("{\"kind\":\"Rollout\"", "not JSON")]
    [InlineData("<html></html>", "not JSON")]
    [InlineData("", "not JSON")]
    [InlineData("[]", "not what was asked for")]
    [InlineData("{\"metadata\":{\"name\":\"another\"}}", "not what was asked for")]
    public async Task What_is_no_answer_is_unavailable_for_a_read_and_uncertain_for_a_patch(string body, string reason)
    {
        await using var server = await OddServer.StartAsync(OddServer.Says(200, body));
        using var clusters = Clusters.At(server.Address);

        var read = (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Why();

        read.Kind.ShouldBe(ClusterFaultKind.Unavailable);
        read.Message.ShouldContain(reason);
        (await clusters.Rollouts.PatchAsync(Clusters.Shop, Abort, Stop)).Kind().ShouldBe(ClusterFaultKind.Timeout);
    }

    [Fact]
    public async Task An_answer_over_the_limit_is_not_read_to_its_end()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await OddServer.StartAsync(
            async (http, _) =>
            {
                var chunk = new byte[64 * 1024];
                chunk.AsSpan().Fill((byte)' ');
                while (!http.RequestAborted.IsCancellationRequested)
                {
                    await http.Response.Body.WriteAsync(chunk);
                }
                gone.TrySetResult();
            }
        );
        using var clusters = Clusters.At(server.Address, new KubernetesOptions { AnswerLimit = 1024 * 1024 });

        var why = (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Why();

        why.Kind.ShouldBe(ClusterFaultKind.Unavailable);
        why.Message.ShouldContain("more than 1024 KiB");
        await gone.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);
    }

    [Fact]
    public async Task Deep_JSON_is_refused()
    {
        var deep = new string('[', 5000) + new string(']', 5000);
        await using var server = await OddServer.StartAsync(OddServer.Says(200, deep));
        using var clusters = Clusters.At(server.Address);

        (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Kind().ShouldBe(ClusterFaultKind.Unavailable);
    }

    [Fact]
    public async Task Silence_is_a_timeout_that_may_have_happened()
    {
        var clock = new FakeTimeProvider();
        var asked = new SemaphoreSlim(0);
        await using var server = await OddServer.StartAsync(
            async (http, _) =>
            {
                asked.Release();
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        );
        using var clusters = Clusters.At(server.Address, new KubernetesOptions(), clock);

        var patch = clusters.Rollouts.PatchAsync(Clusters.Shop, Abort, Stop);
        await asked.WaitAsync(TimeSpan.FromMinutes(1), Stop);
        clock.Advance(TimeSpan.FromSeconds(4.9));
        patch.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(0.2));

        var why = (await patch).Why();
        why.Kind.ShouldBe(ClusterFaultKind.Timeout);
        why.Message.ShouldContain("it may have happened");
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_its_cancellation()
    {
        using var giveUp = new CancellationTokenSource();
        await using var server = await OddServer.StartAsync(
            async (http, _) =>
            {
                await giveUp.CancelAsync();
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        );
        using var clusters = Clusters.At(server.Address);

        await Should.ThrowAsync<OperationCanceledException>(() =>
            clusters.Rollouts.FindAsync(Clusters.Shop, giveUp.Token)
        );
    }

    [Fact]
    public async Task Nobody_listening_is_unavailable()
    {
        using var deaf = DeafPort.Take();
        var port = deaf.Port;
        using var clusters = Clusters.At(new Uri($"http://127.0.0.1:{port}"));

        var why = (await clusters.Rollouts.PatchAsync(Clusters.Shop, Abort, Stop)).Why();

        why.Kind.ShouldBe(ClusterFaultKind.Unavailable);
        why.Message.ShouldBe($"Cluster 'prod' does not take connections at http://127.0.0.1:{port}.");
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_unavailable()
    {
        using var clusters = Clusters.At(new Uri("http://nowhere.invalid"));

        (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Kind().ShouldBe(ClusterFaultKind.Unavailable);
    }
}
