using System.Text.Json;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Rollouts;

/// <summary>
/// A single read, as somebody pastes it, says the same as the stream did at that moment, but for what one read cannot
/// know. Those exceptions are listed, each with its reason.
/// </summary>
public class SnapshotTests
{
    private const string Restarting = "finished, and busy since: one read cannot tell it from not finished yet";
    private const string NewerSpecRefused = "finished, and a newer spec is refused: one read only sees a spec that is";
    private const string BackAtBase =
        "the stream has no release at that moment: one was withdrawn; one read sees the base";

    /// <summary>Recording/snapshot, the status by one read, the status in the stream, why they differ.</summary>
    private static readonly Dictionary<string, (string Alone, string Streamed, string Why)> Exceptions = new()
    {
        ["05b-never-ready-deadline-abort/07-undone"] = ("Succeeded", "nothing", BackAtBase),
        ["05b-never-ready-deadline-abort/08-end"] = ("Succeeded", "nothing", BackAtBase),
        ["11c-canary-abort-retry-undo/05-just-undone"] = ("Running", "nothing", BackAtBase),
        ["11c-canary-abort-retry-undo/06-undone"] = ("Succeeded", "nothing", BackAtBase),
        ["12-plugin-write-requests/04-restarting"] = ("Running", "Succeeded", Restarting),
        ["12-plugin-write-requests/06-paused-by-hand"] = ("Running", "Succeeded", Restarting),
        ["12-plugin-write-requests/17-undo-while-aborted"] = ("Succeeded", "nothing", BackAtBase),
        ["13-invalid-spec/03-same-service-twice"] = ("Failed", "Succeeded", NewerSpecRefused),
        ["14-scale-and-apply-while-paused/04-applied-old-image-while-paused"] = ("Succeeded", "nothing", BackAtBase),
        ["14-scale-and-apply-while-paused/05-end"] = ("Succeeded", "nothing", BackAtBase),
        ["15a-promote-swallowed-as-first-seen/02-just-undone"] = ("Succeeded", "nothing", BackAtBase),
        ["15a-promote-swallowed-as-first-seen/03-undo-3s-later"] = ("Succeeded", "nothing", BackAtBase),
        ["15a-promote-swallowed-as-first-seen/04-undo-settled"] = ("Succeeded", "nothing", BackAtBase),
        ["15a-promote-swallowed-as-first-seen/05-end"] = ("Succeeded", "nothing", BackAtBase),
    };

    public static TheoryData<string, string> Snapshots
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var recording in Fixtures.Folders(Fixtures.Recordings))
            {
                foreach (
                    var file in Directory
                        .GetFiles(Path.Combine(Fixtures.Recordings, recording, "snapshots"))
                        .Order(StringComparer.Ordinal)
                )
                {
                    all.Add(recording, Path.GetFileNameWithoutExtension(file));
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Snapshots))]
    public void One_read_says_what_the_stream_said(string recording, string snapshot)
    {
        var run = Recording.Of(recording);
        var path = Path.Combine(run.Folder, "snapshots", snapshot + ".json");
        var read = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        var rollout = read.GetProperty("rollout");
        var alone = Alone(read, rollout)?.Status.ToString() ?? "nothing";
        var streamed = Streamed(run, rollout, Recording.Time(read, "recordedAt"))?.Status.ToString() ?? "nothing";

        var expected = Exceptions.TryGetValue($"{recording}/{snapshot}", out var listed)
            ? (listed.Alone, listed.Streamed)
            : (streamed, streamed);
        (alone, streamed).ShouldBe(expected);
    }

    [Fact]
    public void Every_exception_is_one_and_says_why()
    {
        foreach (var (snapshot, (alone, streamed, why)) in Exceptions)
        {
            File.Exists(Path.Combine(Fixtures.Recordings, snapshot.Replace("/", "/snapshots/") + ".json"))
                .ShouldBeTrue();
            alone.ShouldNotBe(streamed);
            why.ShouldNotBeEmpty();
        }
    }

    private static Release? Alone(JsonElement read, JsonElement rollout)
    {
        var picture = new ClusterPicture();
        picture.Take("Rollout", rollout, gone: false);
        foreach (var set in read.GetProperty("replicasets").EnumerateArray())
        {
            picture.Take("ReplicaSet", set, gone: false);
        }

        var seen = picture.Observe(ObjectName.Of(rollout), Recording.Time(read, "recordedAt"));
        return RolloutStory.Untold.See(seen).Story.Current;
    }

    /// <summary>Where the stream was when it had told of the very version that was read.</summary>
    private static Release? Streamed(Recording run, JsonElement rollout, DateTimeOffset readAt)
    {
        var version = Version(rollout);
        var moments = run.Moments(ObjectName.Of(rollout));
        var told = moments.TakeWhile(moment => moment.At <= readAt).Count();
        var sameVersion = moments.ToList().FindIndex(moment => moment.Seen.Rollout?.ResourceVersion == version);
        var story = RolloutStory.Untold;
        foreach (var moment in moments.Take(Math.Max(told, sameVersion + 1)))
        {
            (story, _) = story.See(moment.Seen);
        }

        return story.Current;
    }

    private static string Version(JsonElement rollout) =>
        rollout.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;
}
