using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>
/// Reads the commands and the effects of Jobs that were given up, and the Jobs that cannot be read, oldest first.
/// </summary>
public sealed class StuckQueries(ApiAccess access, ICommands commands, IJobs jobs)
{
    private const int Most = 200;

    public Task<IResult> ListAsync(HttpRequest request, CancellationToken stop) =>
        access.AsCallerAsync(
            request,
            async caller =>
            {
                if (caller is not ApiCaller.Holder holder || !holder.Scopes.Contains("read"))
                {
                    return ApiAnswers.ScopeNeeded("read");
                }

                var given = await commands.StuckCommandsAsync(null, Most, stop);
                var stuck = await jobs.StuckJobsAsync(Most, stop);
                var unreadable = await jobs.UnreadableJobsAsync(null, Most, stop);
                return Results.Json(
                    StuckView.Of(
                        given.Where(command => access.MaySee(caller, command.App)),
                        stuck.Where(job => access.MaySee(caller, job.App)),
                        unreadable.Where(job => access.MaySee(caller, job.App))
                    )
                );
            },
            stop
        );
}
