using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.GitHub.Limits;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.EndToEnd.World;
using Devflow.ChatOps.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Devflow.ChatOps.Tests.EndToEnd.Survival;

/// <summary>Apps that are released through Git, each with a source repository, and the built service as a process that dies.</summary>
internal sealed class GitWriteWorld : IAsyncDisposable
{
    private readonly string token = RandomNumberGenerator.GetHexString(40, lowercase: true);
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly StandIns outside;
    private readonly WorldGit git;
    private readonly Signal signal = new();
    private readonly MortalService service;
    private readonly SlackClientSimulator people;

    private GitWriteWorld(IReadOnlyList<WorldApp> apps, StandIns outside, WorldGit git, CancellationToken stop)
    {
        (Apps, this.outside, this.git) = (apps, outside, git);
        // The limits are GitHub's own matter; here they would only make the test long.
        git.Api.Quotas = new GitHubQuotas(1_000_000, 1_000_000, 1_000_000, 1_000_000);
        git.Api.Faults = Kills.At;
        git.Refreshing = Kills.RefreshAsync;
        git.GitHub.Changed += signal.Raise;
        outside.Workspace.Changed += _ => signal.Raise();
        service = new MortalService(Settings(), Kills.Watch, stop);
        people = outside.People(service.Address);
    }

    public IReadOnlyList<WorldApp> Apps { get; }

    public GitKills Kills { get; } = new();

    public GitHubRepository GitOps => git.GitOps;

    public int Starts => service.Starts;

    public IReadOnlyList<string> Surprises => service.Surprises;

    public IReadOnlyList<string> Said => service.Said;

    /// <summary>Starts a world; the service knows what is live when it ends.</summary>
    public static async Task<GitWriteWorld> StartAsync(int count, CancellationToken stop)
    {
        WorldApp[] apps =
        [
            .. Enumerable
                .Range(1, count)
                .Select(number => new WorldApp($"app-{number:00}")
                {
                    IsInGit = true,
                    Promote = "{ by: [platform], allowAuthor: true, allowUnknownAuthor: true }",
                    More = "rollback: { by: [platform] }",
                    Rollout = KeptUp,
                }),
        ];
        var outside = await StandIns.StartAsync(
            [.. apps.Select(app => app.Name)],
            WorldCatalog.Write(apps, _ => "KUBECONFIG"),
            shape: KeptUp
        );
        outside.Slack.EnforcesRateLimits = false;
        var git = await WorldGit.StartAsync(
            outside.Objects,
            apps,
            new WorldGitOptions { HasSources = true },
            TimeProvider.System
        );
        var world = new GitWriteWorld(apps, outside, git, stop);
        await Task.WhenAll(apps.Select(app => world.BaselineAsync(app, stop)));
        return world;
    }

    /// <summary>Announces v2 and releases it, until the card waits for a person.</summary>
    public async Task ReleaseAsync(WorldApp app, CancellationToken stop)
    {
        await AnnounceAsync(app, stop);
        git.Release(app, "v2");
        await outside.WhenCardAsync(app.Name, "waiting for approval", stop);
    }

    /// <summary>Promotes v2, until every surface says that it is live.</summary>
    public async Task PromoteAsync(WorldApp app, CancellationToken stop)
    {
        await TypeAsync(app, $"/promote {app.Name}", stop);
        await outside.WhenCardAsync(app.Name, "live", stop);
        await WhenAsync(app, "success", "success", stop);
    }

    public Task<SlackDelivery> TypeAsync(WorldApp app, string line, CancellationToken stop) =>
        people.TypeCommandAsync(WorldCatalog.Alice, app.Channel, line, cancellation: stop);

    public Task WhenPendingAsync(WorldApp app, CancellationToken stop) =>
        outside.WhenCardAsync(app.Name, "Git pending", stop);

    /// <summary>Waits until cluster and Git are back, and the card says so.</summary>
    public Task WhenRolledBackAsync(WorldApp app, CancellationToken stop) =>
        outside.Workspace.WhenAsync(
            _ =>
                Cards(app)
                    .LastOrDefault(card =>
                        StandIns.Says(card.Content, "rolled back")
                        && !StandIns.Says(card.Content, "rolled back, Git")
                        && !StandIns.Says(card.Content, "Git written")
                    ),
            stop
        );

    /// <summary>Waits until check run and deployment of an app end so.</summary>
    public Task WhenAsync(WorldApp app, string conclusion, string deployment, CancellationToken stop) =>
        signal
            .WhenAsync(
                () =>
                    Task.FromResult(
                        Runs(app) is [.., { } newest]
                        && newest.Conclusion == conclusion
                        && Deployments(app) is [{ } only]
                        && only.State == deployment
                            ? newest
                            : null
                    ),
                Timeout.InfiniteTimeSpan
            )
            .WaitAsync(stop);

    /// <summary>The check runs of an app's release, oldest first.</summary>
    public IReadOnlyList<Sandbox.GitHub.Checks.GitHubCheckRun> Runs(WorldApp app) =>
        [.. git.Source(app).Checks.All.Reverse()];

    public IReadOnlyList<Sandbox.GitHub.Deployments.GitHubDeployment> Deployments(WorldApp app) =>
        git.Source(app).Deployments.All;

    /// <summary>The image that Git asks for.</summary>
    public string Asked(WorldApp app) => git.Asked(app);

    /// <summary>Messages of all commits that a branch of the GitOps repository has, newest first.</summary>
    public IReadOnlyList<string> Messages(string branch)
    {
        var messages = new List<string>();
        for (var at = git.GitOps.Git.Head(branch); at is not null; )
        {
            var commit = git.GitOps.Git.Commit(at)!;
            messages.Add(commit.Message);
            at = commit.Parents is [var parent, ..] ? parent : null;
        }

        return messages;
    }

    /// <summary>The replies in the threads of an app.</summary>
    public IReadOnlyList<SlackMessage> Replies(WorldApp app) =>
        [.. outside.Workspace.Messages(app.Channel).Where(message => message.ThreadTs is not null)];

    public IReadOnlyList<SlackMessage> Cards(WorldApp app) => outside.Cards(app.Name);

    /// <summary>The Job of an app that was rolled back, as the API tells it.</summary>
    public async Task<JsonNode> JobAsync(WorldApp app, CancellationToken stop)
    {
        using var answer = await CallAsync(HttpMethod.Get, $"api/jobs?app={app.Name}", null, stop);
        var text = await answer.Content.ReadAsStringAsync(stop);
        return JsonNode.Parse(text)!["jobs"]!.AsArray().Single(job => job!["rollback"] is not null)!;
    }

    /// <summary>What the audit has about an app.</summary>
    public IReadOnlyList<AuditEntry> Audit(WorldApp app)
    {
        using var connection = new SqliteConnection($"Data Source={outside.StorePath};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT document FROM audit ORDER BY number";
        using var rows = command.ExecuteReader();
        var entries = new List<AuditEntry>();
        while (rows.Read())
        {
            entries.Add(JobJson.ReadAudit(rows.GetString(0)));
        }

        return [.. entries.Where(entry => entry.App == app.Name)];
    }

    /// <summary>Waits for a process that answers and was not killed.</summary>
    public async Task WhenUpAsync(CancellationToken stop)
    {
        await Kills.WhenAliveAsync(stop);
        await service.WhenUpAsync(stop);
    }

    public Task<int> StopAsync(CancellationToken stop) => service.StopAsync(stop);

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        people.Dispose();
        await git.DisposeAsync();
        await outside.DisposeAsync();
        http.Dispose();
    }

    private Dictionary<string, string> Settings()
    {
        var settings = outside.Settings();
        foreach (var (key, value) in git.Settings())
        {
            settings[key.Replace(":", "__", StringComparison.Ordinal)] = value!;
        }

        const string at = "Devflow__Api__Tokens__0";
        settings[$"{at}__Name"] = "carol";
        settings[$"{at}__Person"] = "carol";
        settings[$"{at}__Sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        settings[$"{at}__Expires"] = TimeProvider.System.GetUtcNow().AddDays(1).ToString("O");
        settings[$"{at}__Scopes__0"] = "read";
        settings[$"{at}__Scopes__1"] = "create";
        return settings;
    }

    /// <summary>However long the others take: what was live can be gone back to at once.</summary>
    private static BlueGreenApp KeptUp(BlueGreenApp app) => app with { ScaleDownDelaySeconds = 3600 };

    /// <summary>What is live when the service first looks is no release; once it answers, it has looked.</summary>
    private async Task BaselineAsync(WorldApp app, CancellationToken stop)
    {
        await service.WhenUpAsync(stop);
        SlackDelivery delivery;
        do
        {
            delivery = await TypeAsync(app, $"/promote {app.Name}", stop);
            delivery.Status.ShouldBe(200, delivery.Body);
        } while (delivery.Body.Contains("On it.", StringComparison.Ordinal));
    }

    private async Task AnnounceAsync(WorldApp app, CancellationToken stop)
    {
        var body = new JsonObject
        {
            ["app"] = app.Name,
            ["environment"] = app.Environment,
            ["image"] = $"registry.example.com/{app.Name}",
            ["tag"] = "v2",
            ["sourceCommit"] = git.Source(app).Git.Head("main"),
        };
        using var answer = await CallAsync(HttpMethod.Post, "api/jobs", body, stop);
        ((int)answer.StatusCode).ShouldBe(201, await answer.Content.ReadAsStringAsync(stop));
    }

    private async Task<HttpResponseMessage> CallAsync(
        HttpMethod method,
        string path,
        JsonObject? body,
        CancellationToken stop
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(service.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
        {
            request.Headers.Add("Idempotency-Key", $"announce-{body["app"]}");
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        return await http.SendAsync(request, stop);
    }
}
