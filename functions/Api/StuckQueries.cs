using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>Reads the commands that were given up, oldest first; Jobs tell of their stuck effects themselves.</summary>
public sealed class StuckQueries(ApiAccess access, ICommands commands)
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

                var found = await commands.StuckCommandsAsync(null, Most, stop);
                return Results.Json(
                    new JsonObject
                    {
                        ["commands"] = new JsonArray([
                            .. found
                                .Where(command => access.MaySee(caller, command.App))
                                .Select(command => new JsonObject
                                {
                                    ["app"] = command.App,
                                    ["environment"] = command.Environment,
                                    ["command"] = AnswerTexts.Verb(command.Wish),
                                    ["by"] = command.Actor.DisplayName,
                                    ["at"] = command.At,
                                    ["reason"] = command.Stuck,
                                }),
                        ]),
                    }
                );
            },
            stop
        );
}
