using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.Functions.Explain;

/// <summary>What <c>explain</c> reads, and what it makes of it.</summary>
public class ExplainInputTests
{
    private const string Awaiting =
        """{"rollout":"shop/web","podHash":"b2","attempt":1,"status":"AwaitingApproval","steps":{"Applied":"Succeeded","PreviewReady":"Succeeded","Verify":"Waiting","PromoteSwitch":"Pending","PostVerify":"Pending","Completed":"Pending"},"message":"waiting for approval"}""";

    [Fact]
    public async Task One_object_gives_one_line()
    {
        var outcome = await ExplainProcess.RunAsync(Objects.Paused().ToJsonString(), "--json");
        outcome.Errors.ShouldBeEmpty();
        outcome.Output.ShouldBe(Awaiting + "\n");
        outcome.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Without_json_it_is_a_block_of_text()
    {
        var item = Objects.Paused();
        item["recordedAt"] = "2026-11-23T10:00:05Z";
        var outcome = await ExplainProcess.RunAsync(item.ToJsonString());
        outcome.Output.ShouldBe(
            """
            2026-11-23 10:00:05  shop/web  b2  attempt 1  AwaitingApproval
              waiting for approval
              Applied       Succeeded taken up as b2
              PreviewReady  Succeeded 2 of 2 pods available
              Verify        Waiting   waiting for approval
              PromoteSwitch Pending
              PostVerify    Pending
              Completed     Pending


            """
        );
    }

    [Fact]
    public async Task A_file_is_read_and_the_order_in_it_does_not_matter()
    {
        var file = Path.GetTempFileName();
        try
        {
            var set = Objects.ReplicaSet("b2", available: 1);
            var rollout = Objects.Rollout();
            var old = Objects.ReplicaSet("a1", available: 2);
            List<string> outputs = [];
            foreach (var items in new[] { new[] { set, rollout, old }, [rollout, old, set], [old, set, rollout] })
            {
                await File.WriteAllTextAsync(
                    file,
                    Objects.List("List", items).ToJsonString(),
                    TestContext.Current.CancellationToken
                );
                outputs.Add((await ExplainProcess.RunAsync("", file, "--json")).Output);
            }

            outputs[0].ShouldContain("1 of 2 pods available");
            outputs.Distinct().Count().ShouldBe(1);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Items_of_a_typed_list_need_not_say_their_kind()
    {
        var first = Objects.Paused();
        var second = Objects.Paused("api", "store");
        foreach (var item in new[] { first, second })
        {
            item.Remove("kind");
            item.Remove("apiVersion");
        }

        var outcome = await ExplainProcess.RunAsync(
            Objects.List("RolloutList", first, second).ToJsonString(),
            "-",
            "--json"
        );
        outcome.Lines.Length.ShouldBe(2);
        outcome.Lines.ShouldContain(Awaiting);
        outcome.Output.ShouldContain("\"rollout\":\"store/api\"");
    }

    [Fact]
    public async Task Yaml_documents_are_read_like_json()
    {
        var outcome = await ExplainProcess.RunAsync(
            """
            # as kubectl get -o yaml prints it
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata:
              name: web-b2
              namespace: shop
              labels: {rollouts-pod-template-hash: b2}
              ownerReferences:
              - {kind: Rollout, name: web, uid: u-web}
            spec: {replicas: 2}
            status:
              availableReplicas: 1
              text: |
                ---
                indented
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web, namespace: shop, uid: u-web, generation: 2}
            spec:
              replicas: 2
              strategy: {blueGreen: {activeService: active, previewService: preview, autoPromotionEnabled: false}}
            status:
              observedGeneration: "2"
              currentPodHash: b2
              stableRS: a1
              blueGreen: {activeSelector: a1, previewSelector: b2}
            ---
            """,
            "--json"
        );
        outcome.Errors.ShouldBeEmpty();
        outcome.Lines.ShouldHaveSingleItem().ShouldContain("1 of 2 pods available");
    }

    [Fact]
    public async Task Watch_events_are_told_one_by_one_pretty_printed_or_not_and_with_extra_keys()
    {
        var extra = JsonNode.Parse(Objects.Event("MODIFIED", Objects.Paused()))!.AsObject();
        extra["recordedAt"] = "2026-11-23T10:00:00Z";
        extra["source"] = "watch 1";
        var outcome = await ExplainProcess.RunAsync(
            Objects.PrettyEvent("ADDED", Objects.Rollout())
                + Objects.Event("BOOKMARK", Objects.Rollout(version: "9"))
                + "\n"
                + Objects.Event("ADDED", Objects.ReplicaSet("b2", available: 2))
                + Objects.Event("ADDED", Objects.ReplicaSet("b2", available: 2))
                + "\n\n"
                + extra.ToJsonString()
                + Objects.Event("DELETED", Objects.Paused())
                + Objects.Event("DELETED", Objects.ReplicaSet("b2", available: 2)),
            "--json"
        );
        outcome.Lines.Select(Status).ShouldBe(["Running", "Running", "AwaitingApproval", "Cancelled"]);
        outcome.Lines[2].ShouldBe(Awaiting);
        outcome.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Objects_that_come_again_in_another_version_are_told_as_they_come()
    {
        var outcome = await ExplainProcess.RunAsync(
            Objects.Rollout().ToJsonString() + "\n" + Objects.Paused().ToJsonString(),
            "--json"
        );
        outcome.Lines.Select(Status).ShouldBe(["Running", "AwaitingApproval"]);
    }

    [Fact]
    public async Task Without_a_resourceVersion_what_comes_again_is_later_also_within_one_array()
    {
        var running = Objects.Rollout();
        var paused = Objects.Paused();
        foreach (var item in new[] { running, paused })
        {
            item["metadata"]!.AsObject().Remove("resourceVersion");
        }

        var one = running.ToJsonString();
        var two = paused.ToJsonString();
        foreach (var input in new[] { one + two, $"[{one},{two}]", $"{one}[{two}]" })
        {
            var outcome = await ExplainProcess.RunAsync(input, "--json");
            outcome.Lines.Select(Status).ShouldBe(["Running", "AwaitingApproval"], input);
        }
    }

    [Fact]
    public async Task Watch_events_may_be_collected_in_an_array()
    {
        var outcome = await ExplainProcess.RunAsync(
            $"[{Objects.Event("ADDED", Objects.Rollout())},{Objects.Event("DELETED", Objects.Rollout())}]",
            "--json"
        );
        outcome.Lines.Select(Status).ShouldBe(["Running", "Cancelled"]);
    }

    [Theory]
    [InlineData("9954979545")]
    [InlineData("0012345678")]
    public async Task A_hash_of_digits_may_have_lost_its_quotes(string hash)
    {
        var outcome = await ExplainProcess.RunAsync(
            $$"""
            kind: Rollout
            metadata: {name: web, generation: 2}
            status: {observedGeneration: 2, currentPodHash: {{hash}}}
            """,
            "--json"
        );
        Text(outcome.Lines.ShouldHaveSingleItem(), "podHash").ShouldBe(hash);
    }

    [Fact]
    public async Task Trouble_is_told_while_somebody_may_approve_and_always_in_text()
    {
        var pod = new JsonObject
        {
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject
            {
                ["name"] = "web-b2-x",
                ["namespace"] = "shop",
                ["labels"] = new JsonObject { ["rollouts-pod-template-hash"] = "b2" },
            },
            ["status"] = JsonNode.Parse(
                """{"containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff"}}}]}"""
            ),
        };
        var paused = Objects.Event("ADDED", Objects.Paused()) + Objects.Event("ADDED", pod);
        var waiting = await ExplainProcess.RunAsync(paused + Objects.Event("MODIFIED", pod), "--json");
        waiting.Lines.Select(Status).ShouldBe(["AwaitingApproval", "AwaitingApproval"]);
        Text(waiting.Lines[1], "message").ShouldContain("ImagePullBackOff");

        var scaling = Objects.Event("ADDED", Objects.Rollout()) + Objects.Event("ADDED", pod);
        (await ExplainProcess.RunAsync(scaling, "--json")).Lines.Length.ShouldBe(1);
        (await ExplainProcess.RunAsync(scaling)).Output.ShouldContain("ImagePullBackOff");
    }

    [Fact]
    public async Task Rollouts_of_several_namespaces_may_be_interleaved_with_kinds_nobody_knows()
    {
        var outcome = await ExplainProcess.RunAsync(
            string.Concat(
                Objects.Event("ADDED", Objects.Rollout()),
                Objects.Event("ADDED", new JsonObject { ["kind"] = "Gadget", ["metadata"] = 7 }),
                Objects.Event("ADDED", Objects.Rollout("web", "other")),
                Objects.Event("RENAMED", Objects.Rollout("web", "other")),
                Objects.Event("MODIFIED", Objects.Paused()),
                Objects.Event("MODIFIED", Objects.Paused("web", "other"))
            ),
            "--json"
        );
        outcome
            .Lines.Select(line => $"{Text(line, "rollout")} {Status(line)}")
            .ShouldBe([
                "shop/web Running",
                "other/web Running",
                "shop/web AwaitingApproval",
                "other/web AwaitingApproval",
            ]);
    }

    [Fact]
    public async Task A_newer_hash_supersedes_also_what_had_succeeded()
    {
        var live = Objects.Rollout(version: "3");
        live["status"]!["phase"] = "Healthy";
        live["status"]!["stableRS"] = "b2";
        live["status"]!["blueGreen"]!["activeSelector"] = "b2";
        var next = Objects.Rollout(version: "4");
        next["status"]!["currentPodHash"] = "c3";
        next["status"]!["stableRS"] = "b2";
        next["status"]!["blueGreen"]!["activeSelector"] = "b2";
        var outcome = await ExplainProcess.RunAsync(
            Objects.Event("ADDED", Objects.Paused())
                + Objects.Event("MODIFIED", live)
                + Objects.Event("MODIFIED", next),
            "--json"
        );
        outcome
            .Lines.Select(line => $"{Text(line, "podHash")} {Status(line)}")
            .ShouldBe(["b2 AwaitingApproval", "b2 Succeeded", "b2 Superseded", "c3 Running"]);
    }

    [Fact]
    public async Task A_Rollout_without_a_status_is_told_with_an_empty_hash()
    {
        var created = Objects.Rollout();
        created.Remove("status");
        var outcome = await ExplainProcess.RunAsync(created.ToJsonString(), "--json");
        outcome.Output.ShouldStartWith(
            "{\"rollout\":\"shop/web\",\"podHash\":\"\",\"attempt\":1,\"status\":\"Syncing\""
        );
    }

    [Fact]
    public async Task A_Rollout_of_another_API_group_is_none()
    {
        var other = Objects.Paused();
        other["apiVersion"] = "rollouts.kruise.io/v1beta1";
        var outcome = await ExplainProcess.RunAsync(other.ToJsonString());
        outcome.Errors.ShouldContain("Rollout of rollouts.kruise.io/v1beta1 (1)");
    }

    [Fact]
    public async Task What_others_wrote_is_escaped_and_stays_UTF_8()
    {
        var hostile = Objects.Rollout();
        hostile["status"]!.AsObject().Remove("currentPodHash");
        hostile["status"]!["phase"] = "Degraded";
        hostile["status"]!["message"] = "InvalidSpec: \"größer\" \\ \u001b[31m\n\u0000 名前";
        var json = await ExplainProcess.RunAsync(hostile.ToJsonString(), "--json");
        json.Lines.ShouldHaveSingleItem().ShouldEndWith(""","message":"InvalidSpec: \"größer\" \\ [31m 名前"}""");
        var text = await ExplainProcess.RunAsync(hostile.ToJsonString());
        text.Output.ShouldNotContain('\u001b');
        text.Output.ShouldContain("größer");
    }

    [Fact]
    public async Task PowerShell_redirects_in_UTF_16()
    {
        var outcome = await ExplainProcess.RunAsync(
            [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Objects.Paused().ToJsonString())],
            "--json"
        );
        outcome.Output.ShouldBe(Awaiting + "\n");
    }

    [Fact]
    public async Task A_byte_order_mark_of_UTF_8_is_skipped()
    {
        var outcome = await ExplainProcess.RunAsync(
            [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(Objects.Paused().ToJsonString())],
            "--json"
        );
        outcome.Output.ShouldBe(Awaiting + "\n");
    }

    private static string Status(string line) => Text(line, "status");

    private static string Text(string line, string name) =>
        JsonDocument.Parse(line).RootElement.GetProperty(name).GetString()!;
}
