using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Sandbox.Kubernetes;

public sealed class ObjectStoreTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 23, 7, 17, 9, TimeSpan.Zero));
    private readonly ObjectStore store;

    public ObjectStoreTests() => store = new ObjectStore(clock);

    [Fact]
    public void A_created_object_has_its_metadata_completed()
    {
        var created = store.Create(Resources.Rollout, Rollout("web"));

        created["apiVersion"]!.GetValue<string>().ShouldBe("argoproj.io/v1alpha1");
        created["kind"]!.GetValue<string>().ShouldBe("Rollout");
        created["metadata"]!["generation"]!.GetValue<long>().ShouldBe(1);
        created["metadata"]!["creationTimestamp"]!.GetValue<string>().ShouldBe("2026-11-23T07:17:09Z");
        Guid.TryParse(created["metadata"]!["uid"]!.GetValue<string>(), out _).ShouldBeTrue();
        created["metadata"]!["resourceVersion"]!.GetValue<string>().ShouldBe(store.ResourceVersion.ToString());
    }

    [Fact]
    public void What_a_reader_does_to_its_copy_changes_nothing_in_the_store()
    {
        var sent = Rollout("web");
        store.Create(Resources.Rollout, sent);
        sent["spec"]!["replicas"] = 7;
        store.Get(Resources.Rollout, "shop", "web")!["spec"]!["replicas"] = 8;
        store.List(Resources.Rollout, "shop").Items[0]["spec"]!["replicas"] = 9;

        Replicas().ShouldBe(1);
    }

    [Fact]
    public void A_change_of_spec_raises_the_generation_and_a_change_of_status_or_metadata_does_not()
    {
        store.Create(Resources.Rollout, Rollout("web"));

        Generation(Change(o => o["spec"]!["replicas"] = 2)).ShouldBe(2);
        Generation(Change(o => o["status"] = new JsonObject { ["phase"] = "Paused" })).ShouldBe(2);
        Generation(Change(o => o["metadata"]!["annotations"] = new JsonObject { ["a"] = "1" })).ShouldBe(2);
    }

    [Fact]
    public void Without_a_status_subresource_a_change_of_status_raises_the_generation()
    {
        store.Create(Resources.Application, Rollout("web"));

        var changed = store.Update(
            Resources.Application,
            "shop",
            "web",
            o =>
            {
                o["status"] = new JsonObject { ["sync"] = "Synced" };
                return o;
            }
        );

        Generation(changed!).ShouldBe(2);
    }

    [Fact]
    public void A_change_that_changes_nothing_keeps_the_version_and_tells_nobody()
    {
        store.Create(Resources.Rollout, Rollout("web"));
        var before = store.ResourceVersion;
        var told = 0;
        store.Changed += _ => told++;

        Change(o => o["spec"]!["replicas"] = 1);
        store.Update(Resources.Rollout, "shop", "web", _ => null);

        store.ResourceVersion.ShouldBe(before);
        told.ShouldBe(0);
    }

    [Fact]
    public void Identity_belongs_to_the_store()
    {
        var created = store.Create(Resources.Rollout, Rollout("web"));

        var changed = Change(o =>
        {
            o["kind"] = "Pod";
            o["metadata"] = new JsonObject
            {
                ["name"] = "other",
                ["uid"] = "x",
                ["generation"] = 99,
            };
        });

        changed["kind"]!.GetValue<string>().ShouldBe("Rollout");
        changed["metadata"]!["name"]!.GetValue<string>().ShouldBe("web");
        changed["metadata"]!["uid"]!.ToString().ShouldBe(created["metadata"]!["uid"]!.ToString());
        Generation(changed).ShouldBe(1);
    }

    [Fact]
    public void Creating_twice_is_refused_and_missing_objects_are_null()
    {
        store.Create(Resources.Rollout, Rollout("web"));

        Should.Throw<ObjectAlreadyExistsException>(() => store.Create(Resources.Rollout, Rollout("web")));
        store.Get(Resources.Rollout, "shop", "nosuch").ShouldBeNull();
        store.Update(Resources.Rollout, "shop", "nosuch", o => o).ShouldBeNull();
        store.Delete(Resources.Rollout, "shop", "nosuch").ShouldBeFalse();
    }

    [Fact]
    public void Lists_are_ordered_by_namespace_and_name_and_may_be_of_one_namespace()
    {
        foreach (var (ns, name) in ((string, string)[])[("b", "z"), ("a", "y"), ("b", "x"), ("bb", "a")])
        {
            store.Create(Resources.Rollout, Rollout(name, ns));
        }

        Names(store.List(Resources.Rollout, null)).ShouldBe(["y", "x", "z", "a"]);
        Names(store.List(Resources.Rollout, "b")).ShouldBe(["x", "z"]);
        Names(store.List(Resources.Rollout, "nosuch")).ShouldBeEmpty();
        store.List(Resources.Rollout, "b").ResourceVersion.ShouldBe(store.ResourceVersion);
    }

    [Fact]
    public async Task A_watch_from_a_version_tells_everything_after_it_in_order()
    {
        store.Create(Resources.Rollout, Rollout("web"));
        var from = store.ResourceVersion;
        Change(o => o["spec"]!["replicas"] = 2);
        store.Create(Resources.Rollout, Rollout("web", "elsewhere"));
        store.Create(Resources.Pod, Rollout("web"));

        using var cancelled = new CancellationTokenSource();
        var changes = store.Watch(Resources.Rollout, "shop", from, cancelled.Token);
        store.Delete(Resources.Rollout, "shop", "web");

        var seen = await Take(changes, 2);
        seen.Select(change => change.Type).ShouldBe(["MODIFIED", "DELETED"]);
        seen[1].Object["spec"]!["replicas"]!.GetValue<int>().ShouldBe(2);
        seen[1].Object["metadata"]!["resourceVersion"]!.ToString().ShouldBe(store.ResourceVersion.ToString());
    }

    [Fact]
    public async Task A_watch_without_a_version_starts_with_what_is_there()
    {
        store.Create(Resources.Rollout, Rollout("web"));
        var changes = store.Watch(Resources.Rollout, null, null, TestContext.Current.CancellationToken);
        Change(o => o["spec"]!["replicas"] = 2);

        var seen = await Take(changes, 2);

        seen.Select(change => change.Type).ShouldBe(["ADDED", "MODIFIED"]);
    }

    [Fact]
    public void A_watch_from_before_the_kept_history_is_refused()
    {
        store.HistoryCapacity = 2;
        for (var i = 0; i < 5; i++)
        {
            store.Create(Resources.Rollout, Rollout($"web-{i}"));
        }

        var refused = Should.Throw<ResourceVersionTooOldException>(() =>
            store.Watch(Resources.Rollout, null, 1, TestContext.Current.CancellationToken)
        );
        refused.Oldest.ShouldBe(store.ResourceVersion - 2);
        refused.Message.ShouldBe($"too old resource version: 1 ({refused.Oldest})");
    }

    [Fact]
    public async Task A_cancelled_watch_ends_as_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        var changes = store.Watch(Resources.Rollout, null, store.ResourceVersion, cancelled.Token);
        var reading = Take(changes, 1);
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public void A_saved_store_goes_on_where_it_was()
    {
        var path = Path.Combine(Path.GetTempPath(), $"store-{Guid.NewGuid():N}.json");
        try
        {
            store.Create(Resources.Rollout, Rollout("web"));
            store.Create(Resources.Namespace, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "shop" } });
            store.SaveTo(path);
            var loaded = new ObjectStore(clock);
            loaded.LoadFrom(path);

            loaded.ResourceVersion.ShouldBe(store.ResourceVersion);
            JsonNode
                .DeepEquals(loaded.Get(Resources.Rollout, "shop", "web"), store.Get(Resources.Rollout, "shop", "web"))
                .ShouldBeTrue();
            loaded.Get(Resources.Namespace, "", "shop").ShouldNotBeNull();
            Should.Throw<ResourceVersionTooOldException>(() => loaded.Watch(Resources.Rollout, null, 1, default));
            loaded.Delete(Resources.Rollout, "shop", "web");
            loaded.ResourceVersion.ShouldBe(store.ResourceVersion + 1);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_that_is_no_saved_store_is_refused_by_name()
    {
        var path = Path.GetTempFileName();
        try
        {
            Should.Throw<InvalidDataException>(() => store.LoadFrom(path)).Message.ShouldContain(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Concurrent_changes_are_all_kept_and_told_in_order()
    {
        store.Create(Resources.Rollout, Rollout("web"));
        var versions = new List<long>();
        store.Changed += change => versions.Add(change.ResourceVersion);

        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        for (var i = 0; i < 100; i++)
                        {
                            Change(o => o["spec"]!["replicas"] = o["spec"]!["replicas"]!.GetValue<int>() + 1);
                        }
                    })
                )
        );

        Replicas().ShouldBe(401);
        Generation(store.Get(Resources.Rollout, "shop", "web")!).ShouldBe(401);
        versions.ShouldBe(versions.Order());
        versions.Distinct().Count().ShouldBe(400);
    }

    private static JsonObject Rollout(string name, string ns = "shop") =>
        new()
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns },
            ["spec"] = new JsonObject { ["replicas"] = 1 },
        };

    private JsonObject Change(Action<JsonObject> change) =>
        store.Update(
            Resources.Rollout,
            "shop",
            "web",
            o =>
            {
                change(o);
                return o;
            }
        )!;

    private int Replicas() => store.Get(Resources.Rollout, "shop", "web")!["spec"]!["replicas"]!.GetValue<int>();

    private static long Generation(JsonObject item) => item["metadata"]!["generation"]!.GetValue<long>();

    private static IEnumerable<string> Names(ListResult list) =>
        list.Items.Select(item => item["metadata"]!["name"]!.GetValue<string>());

    private static async Task<List<StoreEvent>> Take(IAsyncEnumerable<StoreEvent> changes, int count)
    {
        var seen = new List<StoreEvent>();
        await foreach (var change in changes)
        {
            seen.Add(change);
            if (seen.Count == count)
            {
                break;
            }
        }

        return seen;
    }
}
