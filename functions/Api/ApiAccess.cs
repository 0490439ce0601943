using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>Who calls the API, and what they may see and announce. What they may do to a release is the policy's.</summary>
public sealed partial class ApiAccess(ApiAuthentication authentication, IJobs jobs, CatalogSource catalogs)
{
    /// <summary>The catalog of this moment; the process does not start without one.</summary>
    public ReleaseCatalog Catalog => catalogs.Current!;

    /// <summary>Answers the request as this caller, or refuses it.</summary>
    public async Task<IResult> AsCallerAsync(
        HttpRequest request,
        Func<ApiCaller, Task<IResult>> answer,
        CancellationToken stop
    )
    {
        try
        {
            return await authentication.AuthenticateAsync(request, stop) is { } caller
                ? await answer(caller)
                : ApiAnswers.Unauthorized(request.HttpContext);
        }
        catch (IssuerUnavailableException)
        {
            return Problems.Of(
                503,
                "issuer_unavailable",
                "The issuer of this token does not tell its keys at the moment, so the token cannot be verified. Try again."
            );
        }
    }

    /// <summary>The Job if there is one and this caller may see it.</summary>
    public async Task<Job?> FindAsync(string id, ApiCaller caller, CancellationToken stop) =>
        JobId.TryParse(id) is { } known
        && await jobs.FindJobAsync(known, stop) is { Source: not JobSource.Baseline } job
        && MaySee(caller, job.App)
            ? job
            : null;

    /// <summary>
    /// Whether the caller may look at what is released of this app. Groups of Slack and GitHub are not asked: a viewer who
    /// is one only through such a group is refused here, and becomes one by being named in the catalog.
    /// </summary>
    public bool MaySee(ApiCaller caller, string app) =>
        caller switch
        {
            ApiCaller.Holder holder => Membership.MayView(Catalog, Groups.None, Actor.FromPerson(holder.Person)),
            ApiCaller.Workflow workflow => Catalog.Apps.Any(known =>
                string.Equals(known.Name, app, StringComparison.OrdinalIgnoreCase)
                && known.RepositoryId == workflow.RepositoryId
            ),
            _ => false,
        };

    /// <summary>Whether the caller may announce releases of this app.</summary>
    public bool MayCreate(ApiCaller caller, App app) =>
        caller switch
        {
            ApiCaller.Workflow workflow => workflow.MayCreate(app),
            ApiCaller.Holder holder => holder.Scopes.Contains("create") && MaySee(holder, app.Name),
            _ => false,
        };

    /// <summary>The caller as the policy knows people.</summary>
    public Actor ActorOf(ApiCaller caller) =>
        caller switch
        {
            ApiCaller.Workflow workflow => Actor.FromGitHub(Catalog, workflow.Actor),
            ApiCaller.Holder holder => Actor.FromPerson(holder.Person),
            _ => throw new InvalidOperationException("A caller without identity."),
        };

    /// <summary>The command key of a request: the header Idempotency-Key within the caller's own key space.</summary>
    public static string? KeyOf(ApiCaller caller, HttpRequest request) =>
        request.Headers["Idempotency-Key"] is [{ } key] ? KeyOf(caller, key) : null;

    /// <summary>The command key of a name; <c>null</c> when it is none.</summary>
    public static string? KeyOf(ApiCaller caller, string key) =>
        KeyForm().IsMatch(key) ? $"api:{caller.KeySpace}:{key}" : null;

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{1,100}\z")]
    private static partial Regex KeyForm();
}
