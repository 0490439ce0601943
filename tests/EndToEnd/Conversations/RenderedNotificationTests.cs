using System.Net;
using System.Text;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Tests.EndToEnd.Deploy;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>What the templates of <c>deploy/</c> render is what the service takes.</summary>
public sealed class RenderedNotificationTests
{
    private const int BodyLimit = 1024 * 1024;

    [Fact]
    public async Task Every_rendered_notification_is_accepted_or_too_large()
    {
        await using var world = await ReleaseWorld.StartAsync();
        var posts = RenderedNotification
            .RenderedNotifications()
            .Select(rendered => ($"rollouts/{Cluster}", rendered.Body))
            .Concat(
                RenderedNotification
                    .RenderedApplicationNotifications()
                    .Select(rendered => ($"argocd/{Cluster}", rendered.Body))
            )
            .ToList();

        foreach (var (hook, text) in posts)
        {
            var body = Encoding.UTF8.GetBytes(text);
            using var response = await world.NotifyAsync(hook, body);
            response.StatusCode.ShouldBe(
                body.Length > BodyLimit ? HttpStatusCode.RequestEntityTooLarge : HttpStatusCode.Accepted,
                text[..Math.Min(500, text.Length)]
            );
        }

        posts.Count.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task A_rendered_notification_makes_the_service_look()
    {
        var app = new WorldApp("storefront");
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [app], Notifies = false });
        await world.WhenSeenAsync();
        world.Release("v2");
        await world.Controller.WhenIdleAsync();
        var rendered = RenderedNotification
            .RenderedNotifications()
            .First(it => it.Body.Contains("storefront-6b7f9d-2-pre", StringComparison.Ordinal));

        // It carries an AnalysisRun, as the first word of one that failed does; the Rollout is its owner.
        using var response = await world.NotifyAsync($"rollouts/{Cluster}", Encoding.UTF8.GetBytes(rendered.Body));

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await world.WhenAsync("v2", JobStatus.AwaitingApproval);
    }
}
