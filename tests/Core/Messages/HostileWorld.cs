using System.Collections.Concurrent;
using System.Collections.Immutable;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Messages;

/// <summary>Jobs in which every text from outside is hostile.</summary>
/// <param name="seed">Makes a failure repeatable.</param>
/// <param name="only">Every text is 100 kB of this; <c>null</c>: a mixture.</param>
internal sealed class HostileWorld(int seed, string? only = null)
{
    private static readonly string[] pieces =
    [
        "<!channel>",
        "<!here|x>",
        "<@U666>",
        "<https://evil.example|click>",
        "https://evil.example/?a=1&b=2",
        "<!date^1^{date}|x>",
        "`",
        "```",
        "*",
        "_b_",
        "~",
        "&amp;",
        "&",
        "\"",
        "\\",
        "|",
        ">",
        "<",
        "\0",
        "\u001b[31m",
        "\n",
        "\r\n",
        "\u2028",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\ud800",
        "\udc00",
        "\ufffd",
        "😀",
        "漢字",
        "é́́",
        ":tada:",
        "v2",
        " ",
        "plain words",
    ];

    private static readonly ConcurrentDictionary<string, string> longTexts = new();

    private readonly Random random = new(seed);

    /// <summary>A text that is empty, odd, or 100 kB long.</summary>
    public string Text() =>
        only is not null ? Long(only)
        : random.Next(12) is var size && size == 1 ? Long(pieces[random.Next(pieces.Length)])
        : string.Concat(Enumerable.Range(0, size * 2).Select(_ => pieces[random.Next(pieces.Length)]));

    public Actor Actor() => new(null, "U666", null, Text());

    public Job Job(JobStatus status)
    {
        var hash = new PodHash(Text());
        var id = CardWorld.Id;
        var subject = new ApprovalSubject(id.ToString(), 3, hash.ToString(), CardWorld.Now.AddMinutes(-8));
        var steps = Step.AllPending.Select(step =>
            step with
            {
                Status = (StepStatus)random.Next(6),
                Message = Text(),
                Since = random.Next(2) == 0 ? null : CardWorld.Now.AddDays(random.Next(-2, 2)),
            }
        );
        var request = random.Next(4) == 0 ? null : Request();
        return new Job(id, Text(), Text(), new RolloutRef(Text(), Text(), Text()), (JobSource)random.Next(1, 4))
        {
            Status = status,
            Message = Text(),
            SyncMessage = Text(),
            Request = request,
            Contents = request?.SourceCommit is { } head ? Contents(head) : null,
            Authors = new([.. Enumerable.Range(0, 8).Select(_ => Author())]),
            Release =
                random.Next(5) == 0
                    ? null
                    : new Release(hash, Text(), CardWorld.Now)
                    {
                        Attempt = 3,
                        Base = new PodHash(Text()),
                        Aborted = random.Next(2) == 0,
                        PauseStart = subject.PauseStartTime,
                        Steps = [.. steps],
                    },
            Images = Texts(),
            BaseImages = Texts(),
            Votes = [.. Enumerable.Range(0, 9).Select(_ => new Vote(Actor(), CardWorld.Now, subject))],
            Promotion = new Promotion(Actor(), CardWorld.Now, subject, Full: true)
            {
                OverriddenFreeze = new FreezeOverride(Text(), new Frozen(CardWorld.Now, "UTC", Text())),
            },
            Rollback =
                random.Next(2) == 0
                    ? null
                    : new Rollback(Actor(), CardWorld.Now, Text(), RollbackPath.Abort, new PodHash(Text()))
                    {
                        TargetImages = Texts(),
                        ClusterDone = random.Next(2) == 0,
                        Git = GitState.NotWritten,
                    },
            SupersededBy = CardWorld.OtherId,
            LiveWithoutApproval = true,
            Trouble = random.Next(2) == 0 ? "" : Text(),
            Lock = new ReleaseLock(Text(), Text(), Text(), Actor(), CardWorld.Now, null),
            Freeze = CardWorld.Freeze with { Reason = Text() },
            WayBack = random.Next(5) is var way and < 4 ? (RollbackPath)way : null,
            InstantRollbackUntil = CardWorld.Now.AddSeconds(random.Next(-1, 30)),
            RetryGoesLiveUntil = CardWorld.Now.AddSeconds(random.Next(-1, 30)),
            VerifiedAt = CardWorld.Now,
        };
    }

    public ReleaseTarget Target()
    {
        var environment = CardWorld.Target.Environment with
        {
            Name = Text(),
            Promote = new PromoteRules([Text(), Text(), Text(), Text()]) { Votes = 3 },
            Notify = ["admins", Text()],
            GitOps = new GitOpsSource(Text(), Text(), Text(), Text()),
            EnvironmentUrl = new Uri("https://example.com/" + new string('x', random.Next(2) * 5_000)),
        };
        return new ReleaseTarget(CardWorld.Target.App with { Name = Text(), Repository = Text() }, environment);
    }

    private static string Long(string piece) =>
        longTexts.GetOrAdd(piece, it => string.Concat(Enumerable.Repeat(it, 100_000 / it.Length)));

    private ReleaseRequest Request() =>
        new(Text())
        {
            Tag = random.Next(2) == 0 ? null : Text(),
            Digest = Text(),
            GitOpsRepository = Text(),
            GitOpsCommit = Text(),
            SourceCommit = Text(),
            RunId = Text(),
        };

    private ReleaseContents Contents(string head) =>
        new(head, Text(), Text())
        {
            ReadAt = CardWorld.Now,
            GitOpsReadAt = CardWorld.Now,
            Commits =
            [
                .. Enumerable.Range(0, 9).Select(number => new ReleasedCommit(Text(), Text(), Text(), number % 2)),
            ],
            TotalCommits = 1_000,
            Behind = 3,
            Pulls = [.. Enumerable.Range(0, 9).Select(number => new ReleasedPull(number, Text(), Text(), Text()))],
            TotalPulls = 1_000,
            Files =
            [
                .. Enumerable
                    .Range(0, 5)
                    .Select(_ => new ChangedFile(Text(), Text(), [Text(), Text(), Text(), Text(), Text()], 100)),
            ],
            TotalFiles = 100,
            Problem = Text(),
        };

    private AuthorIdentity Author() =>
        new((AuthorRole)random.Next(5), Text(), random.Next(2) == 0 ? null : Text(), Text());

    private ImmutableArray<string> Texts() => [.. Enumerable.Range(0, random.Next(5)).Select(_ => Text())];
}
