using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Tests.EndToEnd.World;
using Microsoft.AspNetCore.Http;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>An API server that reads well and takes no patches: for whom that is told, and what becomes of the patch.</summary>
public sealed class PatchTroubleTests
{
    private const string Unconfirmed = "Cluster prod did not confirm in time";

    [Fact]
    public async Task Somebody_elses_command_is_not_answered_with_the_fate_of_an_unanswered_promote()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = Patches(_ => new Fault.Answer(503));
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldStartWith(Unconfirmed);

        var reply = await world.TypeAsync(Bob, "/devflow lock my-app incident");

        reply.Text.ShouldBe("bob locked my-app production: incident");
        (await world.LastOutcomeAsync()).ShouldBe("ok");
    }

    /// <summary>A fault for each patch, by its number.</summary>
    private static Func<HttpRequest, Fault?> Patches(Func<int, Fault?> fault)
    {
        var count = 0;
        return request => request.Method == "PATCH" ? fault(Interlocked.Increment(ref count)) : null;
    }
}
