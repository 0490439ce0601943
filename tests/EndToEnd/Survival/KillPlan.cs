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

/// <summary>
/// Kills the service at requests that it makes, after a random number of them: rather at one of a kind that has not been
/// hit in every way, else at any. A seed tells which.
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

    private readonly Lock gate = new();
    private readonly Random random = new(seed);
    private readonly HashSet<(string Request, Death Death)> wanted =
    [
        .. new[] { Card, Reply, Patch, Update, "GET" }.SelectMany(request =>
            Enum.GetValues<Death>().Select(death => (request, death))
        ),
    ];
    private readonly List<string> told = [];
    private ServiceProcess? service;
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
                return [.. wanted.Select(it => $"{it.Request}: {it.Death}")];
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
            if (service is not { } victim || --grace > 0)
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
            told.Add($"{request}: {death}");
            service = null;
            if (death == Death.JustAfterTheAnswer)
            {
                // Any instruction after the answer is as good as another: that is what is tested.
                var moment = TimeSpan.FromMilliseconds(random.NextDouble() * 20);
                _ = Task.Delay(moment).ContinueWith(_ => victim.Kill(), TaskScheduler.Default);
            }
            else
            {
                victim.Kill();
            }

            return death;
        }
    }
}
