using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Messages.Console;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Console.Views;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;
using Microsoft.AspNetCore.WebUtilities;

namespace Devflow.ChatOps.Functions.Console;

/// <summary>
/// The console: releases, one release, and what is stuck, which can be tried again. Pages for people: every answer is one,
/// also a refusal.
/// </summary>
internal sealed partial class ConsolePages(
    SignIn signIn,
    FormSeals seals,
    PageRenderer pages,
    IStore store,
    Inbox inbox,
    CatalogSource catalogs,
    TimeProvider clock,
    ILogger<ConsolePages> log
)
{
    /// <summary>All routes below it belong to one function.</summary>
    public const string Route = "console";

    private const int PageLength = 50;
    private const int MostStuck = 200;
    private const int FormLimit = 8 * 1024;
    private static readonly TimeSpan budget = TimeSpan.FromSeconds(8);

    public static void Map(IEndpointRouteBuilder app)
    {
        var console = app.MapGroup(Route);
        console.MapGet(
            "console.css",
            (HttpResponse response) => File("console.css", "text/css; charset=utf-8", response)
        );
        console.MapGet("favicon.svg", (HttpResponse response) => File("favicon.svg", "image/svg+xml", response));
        console.MapGet("", (HttpContext http, CancellationToken stop) => Of(http).ReleasesAsync(http, stop));
        console.MapGet(
            "jobs/{id}",
            (string id, HttpContext http, CancellationToken stop) => Of(http).ReleaseAsync(id, http, stop)
        );
        console.MapGet("stuck", (HttpContext http, CancellationToken stop) => Of(http).StuckAsync(http, stop));
        console.MapPost(
            "stuck/{app}/{environment}",
            (string app, string environment, HttpContext http, CancellationToken stop) =>
                Of(http).ResumeAsync(app, environment, http, stop)
        );
        console.MapGet("{*path}", (HttpContext http, CancellationToken stop) => Of(http).NothingAsync(http, stop));
    }

    private static ConsolePages Of(HttpContext http) => http.RequestServices.GetRequiredService<ConsolePages>();

    /// <summary>Tells nothing about releases, so that nobody needs to be signed in for it.</summary>
    private static IResult File(string name, string type, HttpResponse response)
    {
        response.Headers.CacheControl = "public, max-age=300";
        response.Headers.XContentTypeOptions = "nosniff";
        return Results.Stream(typeof(ConsolePages).Assembly.GetManifestResourceStream(name)!, type);
    }

    private Task<IResult> ReleasesAsync(HttpContext http, CancellationToken stop) =>
        AsVisitorAsync(
            http,
            async visitor =>
            {
                var before = JobId.TryParse(http.Request.Query["before"]);
                var found = await store.ListJobsAsync(new JobFilter(), PageLength, before, stop);
                return await DrawAsync<ReleasesPage>(
                    http,
                    visitor,
                    new()
                    {
                        [nameof(ReleasesPage.Rows)] = found.Select(ReleaseRow.Of).ToList(),
                        [nameof(ReleasesPage.Before)] = found.Count == PageLength ? found[^1].Id : null,
                        [nameof(ReleasesPage.StuckThings)] = (await StuckAsync(stop)).Sum(place => place.Things.Count),
                    }
                );
            },
            stop
        );

    private Task<IResult> ReleaseAsync(string id, HttpContext http, CancellationToken stop) =>
        AsVisitorAsync(
            http,
            async visitor =>
            {
                var job = JobId.TryParse(id) is { } known ? await store.FindJobAsync(known, stop) : null;
                if (job is null or { Source: JobSource.Baseline })
                {
                    return await SayAsync(http, visitor.Name, 404, ConsoleTexts.NoSuchRelease);
                }

                var target = catalogs.Current!.FindTarget(job.App, job.Environment);
                return await DrawAsync<ReleasePage>(
                    http,
                    visitor,
                    new()
                    {
                        [nameof(ReleasePage.Sheet)] = ReleaseSheet.Of(job, target, clock.GetUtcNow()),
                        [nameof(ReleasePage.Target)] = target,
                        [nameof(ReleasePage.Seal)] = seals.New(visitor.Id),
                    }
                );
            },
            stop
        );

    private Task<IResult> StuckAsync(HttpContext http, CancellationToken stop) =>
        AsVisitorAsync(
            http,
            async visitor =>
            {
                var told = http.Request.Query["command"] is [{ Length: > 0 and <= 100 } key]
                    ? await store.FindCommandAsync(KeyOf(visitor, key), stop)
                    : null;
                return await DrawAsync<StuckPage>(
                    http,
                    visitor,
                    new()
                    {
                        [nameof(StuckPage.Places)] = await StuckAsync(stop),
                        [nameof(StuckPage.Asked)] = http.Request.Query.ContainsKey("command"),
                        [nameof(StuckPage.Command)] = told,
                        [nameof(StuckPage.NewSeal)] = () => seals.New(visitor.Id),
                    }
                );
            },
            stop
        );

    private Task<IResult> ResumeAsync(string app, string environment, HttpContext http, CancellationToken stop) =>
        AsVisitorAsync(
            http,
            async visitor =>
            {
                if (seals.KeyOf(await SealOfAsync(http.Request, stop), visitor.Id) is not { } key)
                {
                    return await SayAsync(http, visitor.Name, 400, ConsoleTexts.StaleForm);
                }

                if (catalogs.Current!.FindTarget(app, environment) is not { } target)
                {
                    return await SayAsync(http, visitor.Name, 404, ConsoleTexts.NoSuchPlace);
                }

                // Pressed twice: the first one is under way, and the page that follows tells what came of it.
                await inbox.SubmitAsync(CommandFor(visitor, key, target), null, budget, stop);
                PageRenderer.Protect(http.Response.Headers);
                http.Response.Headers.Location = $"/{Route}/stuck?command={key}";
                return Results.StatusCode(StatusCodes.Status303SeeOther);
            },
            stop
        );

    private Task<IResult> NothingAsync(HttpContext http, CancellationToken stop) =>
        AsVisitorAsync(http, visitor => SayAsync(http, visitor.Name, 404, ConsoleTexts.NoSuchPage), stop);

    private async Task<IReadOnlyList<StuckPlace>> StuckAsync(CancellationToken stop)
    {
        var commands = await store.StuckCommandsAsync(null, MostStuck, stop);
        var jobs = await store.StuckJobsAsync(MostStuck, stop);
        var unreadable = await store.UnreadableJobsAsync(null, MostStuck, stop);
        return StuckPlace.Of(commands, jobs, unreadable, catalogs.Current!);
    }

    private Command CommandFor(Visitor.Known visitor, string key, ReleaseTarget target) =>
        new(
            KeyOf(visitor, key),
            new Wish.Resume(),
            visitor.Actor,
            new Origin("console"),
            target.App.Name,
            target.Environment.Name,
            new RolloutRef(target.Environment.Cluster, target.Environment.Namespace, target.Environment.Rollout),
            clock.GetUtcNow()
        );

    // Whoever else knows the key of a command learns nothing of it.
    private static string KeyOf(Visitor.Known visitor, string key) => $"console:{visitor.Id}:{key}";

    private static async Task<string?> SealOfAsync(HttpRequest request, CancellationToken stop)
    {
        var body = await RawBody.ReadAsync(request, FormLimit, stop);
        if (!RawBody.Is(request, "application/x-www-form-urlencoded"))
        {
            return null;
        }

        try
        {
            using var reader = new FormReader(new MemoryStream(body)) { ValueCountLimit = 8 };
            return (await reader.ReadFormAsync(stop)).TryGetValue("seal", out var seal) && seal is [{ } one]
                ? one
                : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private async Task<IResult> AsVisitorAsync(
        HttpContext http,
        Func<Visitor.Known, Task<IResult>> answer,
        CancellationToken stop
    )
    {
        try
        {
            return await signIn.FindAsync(http, stop) switch
            {
                Visitor.Known known => await answer(known),
                Visitor.TurnedAway away => await SayAsync(http, null, away.Status, away.Why),
                _ => throw new InvalidOperationException("A visitor who is nobody."),
            };
        }
        catch (StoreUnavailableException fault)
        {
            StoreDown(fault.Message);
            var text = HttpMethods.IsPost(http.Request.Method)
                ? ConsoleTexts.StoreDownWhileActing
                : ConsoleTexts.StoreDown;
            return await SayAsync(http, null, 503, text);
        }
        catch (StoredStateException fault)
        {
            Unreadable(fault);
            return await SayAsync(http, null, 500, StuckTexts.CannotRead(fault.Message));
        }
    }

    private Task<IResult> SayAsync(HttpContext http, string? name, int status, string text) =>
        pages.DrawAsync<WordPage>(
            http.Response,
            new() { [nameof(WordPage.Text)] = text, [nameof(WordPage.Person)] = name },
            status
        );

    private Task<IResult> DrawAsync<TPage>(
        HttpContext http,
        Visitor.Known visitor,
        Dictionary<string, object?> parameters
    )
        where TPage : ConsolePage
    {
        parameters[nameof(ConsolePage.Person)] = visitor.Name;
        parameters[nameof(ConsolePage.Now)] = clock.GetUtcNow();
        return pages.DrawAsync<TPage>(http.Response, parameters);
    }

    [LoggerMessage(LogLevel.Error, "The store does not answer: {Reason}")]
    private partial void StoreDown(string reason);

    [LoggerMessage(LogLevel.Error, "A page needs something stored that cannot be read.")]
    private partial void Unreadable(StoredStateException fault);
}
