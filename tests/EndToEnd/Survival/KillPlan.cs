using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Devflow.ChatOps.Tests.EndToEnd.Survival;

/// <summary>One way to be killed.</summary>
internal enum Death
{
    /// <summary>The request never arrives: whatever was to be done is not done.</summary>
    BeforeItArrives,

    /// <summary>The other side does it, and the service is gone before it hears of it.</summary>
    BeforeTheAnswer,

    /// <summary>A moment after the answer was sent: while it is read, judged or written down.</summary>
    JustAfterTheAnswer,
}

/// <summary>What comes in.</summary>
internal enum Inbound
{
    /// <summary>Somebody typed <c>/promote</c>.</summary>
    Command,

    /// <summary>Argo Rollouts tells of a change.</summary>
    Notification,
}

/// <summary>
/// Kills the service at requests that it makes, after a random number of them: rather at one of a kind that has not been
/// hit in every way, else at any. And, wherever it is then, a random time after requests that came in, so that no
/// instruction is spared. A seed tells which.
/// </summary>
/// <param name="seed">Tells which requests.</param>
/// <param name="strays">How many kills of any kind come in between.</param>
internal sealed class KillPlan(int seed, int strays)
{
    private const string Card = "chat.postMessage";
    private const string Reply = "chat.postMessage in a thread";
    private const string Update = "chat.update";
    private const string Patch = "PATCH";

    /// <summary>Requests after which any will do.</summary>
    private const int Patience = 60;

    /// <summary>A request that came in is worked on for about so long, most of it early.</summary>
    private static readonly TimeSpan longest = TimeSpan.FromMilliseconds(300);

    private readonly Lock gate = new();
    private readonly Random random = new(seed);
    private readonly HashSet<(string Request, Death Death)> wanted =
    [
        .. new[] { Card, Reply, Patch, Update, "GET" }.SelectMany(request =>
            Enum.GetValues<Death>().Select(death => (request, death))
        ),
    ];
    private readonly List<string> told = [];
    private readonly Dictionary<Inbound, Countdown> inbound = new()
    {
        // There are more of them than are counted here: one command and some ten notifications for each release.
        [Inbound.Command] = new Countdown(kills: 3, every: 4),
        [Inbound.Notification] = new Countdown(kills: 4, every: 10),
    };
    private TaskCompletionSource running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServiceProcess? service;
    private Inbound? last;
    private bool hasBegun;
    private int grace;

    /// <summary>What was done, for whoever reads a failure.</summary>
    public IReadOnlyList<string> Told
    {
        get
        {
            lock (gate)
            {
                return [.. told];
            }
        }
    }

    /// <summary>Ways to die that no process has met.</summary>
    public IReadOnlyList<string> Missed
    {
        get
        {
            lock (gate)
            {
                return
                [
                    .. wanted.Select(it => $"{it.Request}: {it.Death}"),
                    .. inbound.Where(it => it.Value.Kills > 0).Select(it => $"{it.Key}: {it.Value.Kills} more"),
                ];
            }
        }
    }

    /// <summary>A new process runs; from now on its requests count.</summary>
    public void Watch(ServiceProcess started)
    {
        lock (gate)
        {
            service = started;
            grace = random.Next(10);
            running.TrySetResult();
        }
    }

    /// <summary>From now on it kills.</summary>
    public void Begin()
    {
        lock (gate)
        {
            hasBegun = true;
        }
    }

    /// <summary>From now on it does not; ends when nobody is about to die any more.</summary>
    public Task EndAsync(CancellationToken stop)
    {
        lock (gate)
        {
            hasBegun = false;
            return running.Task.WaitAsync(stop);
        }
    }

    /// <summary>A request is about to be sent to the service.</summary>
    public void Comes(Inbound request)
    {
        lock (gate)
        {
            // Notifications come in crowds: one kill of each crowd is enough.
            var isCrowd = request == Inbound.Notification && last == request;
            if (!hasBegun || service is null || isCrowd || !inbound[request].IsDue(random))
            {
                return;
            }

            var moment = longest * Math.Pow(random.NextDouble(), 2);
            last = request;
            KillAfter(moment, $"{request}: {moment.TotalMilliseconds:0.0} ms after it came");
        }
    }

    public Fault? At(HttpRequest request) =>
        Strike(request.Method) switch
        {
            Death.BeforeItArrives => new Fault.Cut(),
            Death.BeforeTheAnswer => new Fault.LoseAnswer(),
            _ => null,
        };

    public SlackFault? At(SlackCall call) =>
        Strike(call.Method == Card && call.Argument("thread_ts") is not null ? Reply : call.Method) switch
        {
            Death.BeforeItArrives => new SlackFault.CutBefore(),
            Death.BeforeTheAnswer => new SlackFault.CutAfter(),
            _ => null,
        };

    private Death? Strike(string request)
    {
        lock (gate)
        {
            if (!hasBegun || service is null || --grace > 0)
            {
                return null;
            }

            var ways = wanted.Where(it => it.Request == request).Select(it => it.Death).ToList();
            if (ways.Count == 0 && (grace > -Patience || --strays < 0))
            {
                return null;
            }

            var death = ways.Count > 0 ? ways[random.Next(ways.Count)] : (Death)random.Next(3);
            wanted.Remove((request, death));
            last = null;
            // Any instruction after the answer is as good as another: that is what is tested.
            KillAfter(
                TimeSpan.FromMilliseconds(death == Death.JustAfterTheAnswer ? random.NextDouble() * 20 : 0),
                $"{request}: {death}"
            );
            return death;
        }
    }

    private void KillAfter(TimeSpan moment, string why)
    {
        told.Add(why);
        var victim = service!;
        service = null;
        running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (moment > TimeSpan.Zero)
        {
            _ = Task.Delay(moment).ContinueWith(_ => victim.Kill(), TaskScheduler.Default);
        }
        else
        {
            victim.Kill();
        }
    }

    /// <summary>Kills that are still to come after requests of a kind: each at one of the next few.</summary>
    private sealed class Countdown(int kills, int every)
    {
        private int left = -1;

        public int Kills { get; private set; } = kills;

        public bool IsDue(Random random)
        {
            if (Kills == 0)
            {
                return false;
            }

            left = left < 0 ? random.Next(every) : left - 1;
            if (left > 0)
            {
                return false;
            }

            left = -1;
            Kills--;
            return true;
        }
    }
}
