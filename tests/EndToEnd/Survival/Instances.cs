using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Tests.EndToEnd.Survival;

/// <summary>Several processes of the service behind one address that picks any of them; each dies and is started again.</summary>
internal sealed class Instances : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Random random;
    private readonly StandIns outside;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly List<MortalService> services;
    private readonly List<SlackClientSimulator> people;
    private readonly List<string> told = [];
    private readonly ConcurrentBag<Task> sending = [];
    private readonly CancellationToken stop;
    private int delivered;

    /// <param name="count">How many.</param>
    /// <param name="store">The store that they share.</param>
    /// <param name="outside">The world around them.</param>
    /// <param name="seed">Tells which one dies, is asked, is notified.</param>
    /// <param name="stop">Ends them for good.</param>
    public Instances(int count, string store, StandIns outside, int seed, CancellationToken stop)
    {
        this.outside = outside;
        this.stop = stop;
        random = new Random(seed);
        services =
        [
            .. Enumerable
                .Range(1, count)
                .Select(number => new MortalService(
                    new Dictionary<string, string>(outside.Settings())
                    {
                        ["Devflow__Store"] = store,
                        ["Devflow__Holder"] = $"instance-{number}",
                        // Who held which lease when, for LeaseLog.
                        ["Logging__LogLevel__Devflow.ChatOps.Functions.Processing.Leases"] = "Debug",
                        // A process does not live long enough to earn back what compiling its code once more costs:
                        // a fifth of all that is computed here. Numbers of the runtime are hexadecimal.
                        ["DOTNET_TieredPGO"] = "0",
                        ["DOTNET_TC_CallCountThreshold"] = "7FFF",
                        ["DOTNET_TC_CallCountingDelayMs"] = "EA60",
                    },
                    _ => { },
                    stop
                )),
        ];
        people = [.. services.Select(service => outside.People(service.Address))];
    }

    public int Starts => services.Sum(service => service.Starts);

    /// <summary>Notifications that were acknowledged.</summary>
    public int Delivered => Volatile.Read(ref delivered);

    public IReadOnlyList<string> Surprises => [.. services.SelectMany(service => service.Surprises)];

    /// <summary>What any process told as an error, which is what nobody foresaw.</summary>
    public IReadOnlyList<string> Errors =>
        [
            .. services
                .SelectMany(service => service.Said)
                .Where(line => line.Contains("fail: ", StringComparison.Ordinal)),
        ];

    /// <summary>Who was killed when, for whoever reads a failure.</summary>
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

    /// <summary>A number below this one.</summary>
    public int Draw(int below)
    {
        lock (gate)
        {
            return random.Next(below);
        }
    }

    /// <summary>What this one said until now; the first one is 1.</summary>
    public IReadOnlyList<string> SaidBy(int number) => services[number - 1].Said;

    /// <summary>This one stands still, and is asked nothing; the first one is 1.</summary>
    public void StandStill(int number)
    {
        services[number - 1].StandStill();
        lock (gate)
        {
            told.Add($"instance-{number} stands still");
        }
    }

    /// <summary>Those that stood still go on.</summary>
    public void GoOn() => services.Where(service => service.IsStill).ToList().ForEach(service => service.GoOn());

    public Task WhenUpAsync(CancellationToken stop) =>
        Task.WhenAll(services.Select(service => service.WhenUpAsync(stop)));

    /// <summary>Kills any one, and sometimes a second one at the same moment.</summary>
    public async Task KillAsync(CancellationToken stop)
    {
        var first = Draw(services.Count);
        var victims = Draw(4) == 0 ? new[] { first, (first + 1) % services.Count } : [first];
        lock (gate)
        {
            told.AddRange(victims.Select(victim => $"instance-{victim + 1} after {delivered} notifications"));
        }

        await Task.WhenAll(victims.Select(victim => services[victim].KillAsync(stop)));
    }

    /// <summary>What the controller tells; returns at once, as it must.</summary>
    public void Send(RolloutNotification notification) =>
        sending.Add(Task.Run(() => NotifyAsync(notification.Object["metadata"]!["name"]!.GetValue<string>(), stop)));

    /// <summary>All that the controller told has been acknowledged.</summary>
    public Task WhenSentAsync() => Task.WhenAll(sending);

    /// <summary>Who held which lease when, as far as processes that have ended told.</summary>
    public LeaseLog Leases() => LeaseLog.Read(services.SelectMany(service => service.Lives));

    /// <summary>A notification as the controller sends it, to any instance until one acknowledges it.</summary>
    public async Task NotifyAsync(string app, CancellationToken stop)
    {
        var body = new JsonObject
        {
            ["event"] = "on-rollout-updated",
            ["namespace"] = StandIns.Namespace,
            ["name"] = app,
        }.ToJsonString();
        while (!await TryPostAsync(services[Any()].Address, body, stop))
        {
            // The next one may be up; where none is, one will be.
            await Task.WhenAny(services.Select(service => service.WhenUpAsync(stop)));
            await Task.Delay(20, stop);
        }

        Interlocked.Increment(ref delivered);
    }

    public Task<SlackDelivery> TypeAsync(string app, string line, CancellationToken stop) =>
        people[Any()].TypeCommandAsync(StandIns.Alice, StandIns.ChannelOf(app), line, cancellation: stop);

    /// <summary>SIGTERM for all; their exit codes.</summary>
    public Task<int[]> StopAsync(CancellationToken stop) =>
        Task.WhenAll(services.Select(service => service.StopAsync(stop)));

    public async ValueTask DisposeAsync()
    {
        foreach (var service in services)
        {
            await service.DisposeAsync();
        }

        people.ForEach(person => person.Dispose());
        http.Dispose();
    }

    private int Any()
    {
        var moving = Enumerable.Range(0, services.Count).Where(index => !services[index].IsStill).ToList();
        return moving[Draw(moving.Count)];
    }

    private async Task<bool> TryPostAsync(Uri address, string body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(address, $"hooks/rollouts/{StandIns.Cluster}")
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", outside.HookToken);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using var answer = await http.SendAsync(request, stop);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
