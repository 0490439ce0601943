using Devflow.ChatOps.Tests.EndToEnd.World;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations.BadRequests;

/// <summary>A world in which nothing is released, for tests that only send.</summary>
public sealed class QuietWorld : IAsyncLifetime
{
    internal ReleaseWorld World { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        World = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                // Here a hundred requests a second are no flood.
                Settings = new Dictionary<string, string?> { ["Devflow:Limits:Burst"] = "10000" },
            }
        );
        await World.WhenSeenAsync();
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
