using System.Reflection;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Functions.Store;

public sealed class JobJsonTests
{
    [Fact]
    public void A_Job_with_every_member_set_comes_back_as_it_was()
    {
        var job = Samples.FullJob();
        Unset(job, new Job(default, "", "", Samples.Rollout, JobSource.Baseline)).ShouldBeEmpty();
        Unset(job.Release!, new Release(PodHash.None, "", default)).ShouldBeEmpty();
        Unset(job.Card, new SlackCard()).ShouldBeEmpty();
        Unset(job.Request!, new ReleaseRequest("")).ShouldBeEmpty();

        var back = JobJson.ReadJob(JobJson.Write(job));

        back.ShouldBeTheSameAs(job);
        back.Release!.PauseStart.ShouldBe(job.Release!.PauseStart);
        back.Votes[0].Actor.DisplayName.ShouldBe(Samples.Alice.DisplayName);
        JobJson.Write(back).ShouldBe(JobJson.Write(job));
    }

    [Fact]
    public void A_fresh_Job_comes_back_as_it_was()
    {
        var job = new Job(JobId.New(Samples.Noon), "web", "production", Samples.Rollout, JobSource.External);

        JobJson.ReadJob(JobJson.Write(job)).ShouldBeTheSameAs(job);
    }

    [Fact]
    public void A_command_of_every_wish_comes_back_as_it_was()
    {
        foreach (var wish in Samples.Wishes)
        {
            var command = Samples.FullCommand(wish);

            var back = JobJson.ReadCommand(JobJson.Write(command));

            back.ShouldBeTheSameAs(command);
        }
    }

    [Fact]
    public void Every_case_of_the_closed_hierarchies_is_in_the_samples()
    {
        Samples
            .Wishes.Select(wish => wish.GetType())
            .ShouldBe(Cases(typeof(Wish)).Where(wish => wish != typeof(Wish.Unreadable)), ignoreOrder: true);
        Samples.Patches.Select(patch => patch.GetType()).ShouldBe(Cases(typeof(RolloutPatch)), ignoreOrder: true);
        Samples
            .FullJob()
            .Outbox.Select(entry => entry.Effect.GetType())
            .Distinct()
            .ShouldBe(Cases(typeof(Effect)), ignoreOrder: true);
    }

    [Fact]
    public void Locks_and_audit_entries_come_back_as_they_were()
    {
        JobJson.ReadLock(JobJson.Write(Samples.Lock)).ShouldBe(Samples.Lock);
        JobJson.ReadAudit(JobJson.Write(Samples.Audit)).ShouldBe(Samples.Audit);
    }

    [Fact]
    public void Members_that_an_old_document_lacks_have_their_defaults()
    {
        var id = JobId.New(Samples.Noon);
        var old = $$$"""
            {"schema":1,"document":{"id":"{{{id}}}","app":"web","environment":"production","rollout":"prod/shop/web",
             "source":"external","card":{} } }
            """;

        var job = JobJson.ReadJob(old);

        job.ShouldBeTheSameAs(new Job(id, "web", "production", Samples.Rollout, JobSource.External));
        job.Card.ShownRevision.ShouldBe(-1);
        job.Images.IsDefault.ShouldBeFalse();
        job.Message.ShouldBe("");
    }

    [Fact]
    public void Members_that_a_newer_version_added_survive_a_save_by_this_one()
    {
        var json = Changed(document =>
        {
            document["someday"] = 1;
            document["release"]!["soon"] = new JsonArray("a", 2);
            document["rollback"]!["later"] = new JsonObject { ["x"] = null };
            document["card"]!["elsewhere"] = true;
        });
        var job = JobJson.ReadJob(json);
        var changed = job with { Status = JobStatus.Failed, Release = job.Release! with { Attempt = 7 } };

        var written = JsonNode.Parse(JobJson.Write(changed))!["document"]!;

        written["someday"]!.GetValue<int>().ShouldBe(1);
        written["release"]!["soon"]!.ToJsonString().ShouldBe("""["a",2]""");
        written["release"]!["attempt"]!.GetValue<int>().ShouldBe(7);
        written["rollback"]!["later"]!.ToJsonString().ShouldBe("""{"x":null}""");
        written["card"]!["elsewhere"].ShouldBeNull("anywhere else it takes a newer schema");
    }

    [Fact]
    public void Members_that_a_newer_version_added_to_a_command_survive_its_outcome()
    {
        var root = JsonNode.Parse(JobJson.Write(Samples.FullCommand(new Wish.Retry())))!;
        root["document"]!["someday"] = "x";
        var command = JobJson.ReadCommand(root.ToJsonString());

        var written = JobJson.Write(command with { Outcome = new CommandOutcome("ok", "Done."), Answered = true });

        JsonNode.Parse(written)!["document"]!["someday"]!.GetValue<string>().ShouldBe("x");
    }

    [Fact]
    public void The_discriminator_may_stand_anywhere_in_an_object()
    {
        var json = JobJson.Write(Samples.FullCommand(new Wish.RollBack("slow")));
        var root = JsonNode.Parse(json)!;
        var wish = root["document"]!["wish"]!.AsObject();
        var kind = wish["$type"]!.GetValue<string>();
        wish.Remove("$type");
        wish["$type"] = kind;

        JobJson.ReadCommand(root.ToJsonString()).Wish.ShouldBe(new Wish.RollBack("slow"));
    }

    public static TheoryData<string, Action<JsonObject>> WhatCannotBe =>
        new()
        {
            { "an unknown status", job => job["status"] = "promoting" },
            { "a status by number", job => job["status"] = 3 },
            { "no id", job => job.Remove("id") },
            { "an id that is none", job => job["id"] = "17" },
            { "a null id", job => job["id"] = null },
            { "no rollout", job => job.Remove("rollout") },
            { "a rollout that is none", job => job["rollout"] = "web" },
            { "a null message", job => job["message"] = null },
            { "null lists", job => job["timeline"] = null },
            { "awaiting approval and not bound", job => job["release"] = null },
            { "rolling back and no rollback", job => (job["status"], job["rollback"]) = ("rollingBack", null) },
            { "five steps", job => job["release"]!["steps"]!.AsArray().RemoveAt(2) },
            { "steps that are null", job => job["release"]!["steps"] = null },
            { "no pod hash", job => job["release"]!["hash"] = "" },
            { "an unknown effect", job => job["outbox"]![0]!["effect"]!["$type"] = "launch" },
            { "an actor without identity", job => job["votes"]![0]!["actor"] = Nobody() },
            { "a negative version", job => job["version"] = -1 },
        };

    [Theory]
    [MemberData(nameof(WhatCannotBe))]
    public void A_Job_that_cannot_be_is_refused_by_name(string what, Action<JsonObject> change)
    {
        var json = Changed(change);

        Should.Throw<StoredStateException>(() => JobJson.ReadJob(json), what).Message.ShouldContain("Job");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"schema":1,"document":null}""")]
    [InlineData("""{"schema":1,"document":{}}""")]
    [InlineData("""{"schema":"one","document":{}}""")]
    public void What_is_no_stored_document_is_refused_by_name(string json)
    {
        Should.Throw<StoredStateException>(() => JobJson.ReadJob(json));
        Should.Throw<StoredStateException>(() => JobJson.ReadCommand(json));
        Should.Throw<StoredStateException>(() => JobJson.ReadLock(json));
        Should.Throw<StoredStateException>(() => JobJson.ReadAudit(json));
    }

    [Fact]
    public void A_document_of_a_newer_schema_is_refused_by_name()
    {
        var root = JsonNode.Parse(JobJson.Write(Samples.FullJob()))!;
        root["schema"] = JobJson.Schema + 1;

        var fault = Should.Throw<StoredStateException>(() => JobJson.ReadJob(root.ToJsonString()));

        fault.Message.ShouldContain("newer version");
    }

    private static string Changed(Action<JsonObject> change)
    {
        var root = JsonNode.Parse(JobJson.Write(Samples.FullJob()))!;
        change(root["document"]!.AsObject());
        return root.ToJsonString();
    }

    private static JsonObject Nobody() =>
        new()
        {
            ["personName"] = null,
            ["slackUserId"] = null,
            ["gitHubLogin"] = null,
            ["displayName"] = "Nobody",
        };

    private static IEnumerable<Type> Cases(Type closed) =>
        closed.GetNestedTypes(BindingFlags.Public).Where(closed.IsAssignableFrom);

    /// <summary>Members that are as they are in a fresh value, apart from those that both were given.</summary>
    private static IEnumerable<string> Unset<T>(T sample, T fresh)
        where T : notnull =>
        typeof(T)
            .GetProperties()
            .Where(property => property.CanWrite && property.Name != nameof(Job.Rollout))
            .Where(property =>
                JobComparison.Printed(property.GetValue(sample)) == JobComparison.Printed(property.GetValue(fresh))
            )
            .Select(property => property.Name);
}
