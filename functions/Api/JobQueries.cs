using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>Reads Jobs: one, or a page of them, newest first.</summary>
public sealed class JobQueries(ApiAccess access, IJobs jobs)
{
    private const int LongestPage = 200;
    private const int UsualPage = 50;
    private static readonly HashSet<string> parameters = ["app", "environment", "open", "limit", "before"];

    public Task<IResult> ListAsync(HttpRequest request, CancellationToken stop) =>
        access.AsCallerAsync(
            request,
            async caller =>
            {
                if (!MayRead(caller))
                {
                    return ApiAnswers.ScopeNeeded("read");
                }

                var (page, problem) = Page.Read(request.Query);
                if (page is null)
                {
                    return ApiAnswers.Malformed(problem);
                }

                var found = await jobs.ListJobsAsync(page.Filter, page.Limit, page.Before, stop);
                return Results.Json(
                    new JsonObject
                    {
                        ["jobs"] = new JsonArray([
                            .. found
                                .Where(job => access.MaySee(caller, job.App))
                                .Select(job => (JsonNode?)JobView.Of(job, withTimeline: false)),
                        ]),
                        ["before"] = found.Count == page.Limit ? found[^1].Id.ToString() : null,
                    }
                );
            },
            stop
        );

    public Task<IResult> ReadAsync(string id, HttpRequest request, CancellationToken stop) =>
        access.AsCallerAsync(
            request,
            async caller =>
                !MayRead(caller) ? ApiAnswers.ScopeNeeded("read")
                : await access.FindAsync(id, caller, stop) is { } job
                    ? Results.Json(
                        JobView.Of(
                            job,
                            withTimeline: true,
                            access.Catalog.FindTarget(job.App, job.Environment)?.App.Repository
                        )
                    )
                : ApiAnswers.NoSuchJob(),
            stop
        );

    private static bool MayRead(ApiCaller caller) =>
        caller is not ApiCaller.Holder holder || holder.Scopes.Contains("read");

    private sealed record Page(JobFilter Filter, int Limit, JobId? Before)
    {
        /// <summary>The page asked for, or one sentence that names what is wrong.</summary>
        public static (Page? Page, string Problem) Read(IQueryCollection query)
        {
            foreach (var (name, values) in query)
            {
                if (!parameters.Contains(name) || values.Count != 1)
                {
                    return (null, $"“{Core.Messages.Plain.OneLine(name, 60)}” is no parameter, or is there twice.");
                }
            }

            var limit = UsualPage;
            if (
                Value(query, "limit") is { } number
                && (
                    !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                    || limit is < 1 or > LongestPage
                )
            )
            {
                return (null, $"limit: a number from 1 to {LongestPage}.");
            }

            JobId? before = null;
            if (Value(query, "before") is { } last && (before = JobId.TryParse(last)) is null)
            {
                return (null, "before: the id of a Job.");
            }

            return Value(query, "open") is null or "true" or "false"
                ? (
                    new Page(
                        new JobFilter(Value(query, "app"), Value(query, "environment"), Value(query, "open") == "true"),
                        limit,
                        before
                    ),
                    ""
                )
                : (null, "open: true or false.");
        }

        private static string? Value(IQueryCollection query, string name) => query[name] is [{ } value] ? value : null;
    }
}
