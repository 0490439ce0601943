using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

/// <summary>One message as a controller would post it.</summary>
/// <param name="Event">The event that the body names.</param>
/// <param name="Body">The body of the request, byte for byte what the template renders.</param>
internal sealed record RenderedNotification(string Event, string Body)
{
    /// <summary>
    /// What a real Argo Rollouts controller would post to <c>/hooks/rollouts/{cluster}</c>: every template with every
    /// recorded Rollout, with an AnalysisRun, and with hostile names. Meant for posting to a running service too.
    /// </summary>
    public static IEnumerable<RenderedNotification> RenderedNotifications()
    {
        JsonObject[] objects =
        [
            .. NotificationPayloads.Recorded().Select(payload => payload.Rollout),
            NotificationPayloads.AnalysisRun(),
            .. NotificationPayloads.HostileTexts.Select(NotificationPayloads.Named),
        ];
        return Render(NotificationConfig.ArgoRollouts(), "rollout", objects);
    }

    /// <summary>The same for Argo CD, posted to <c>/hooks/argocd/{cluster}</c>.</summary>
    public static IEnumerable<RenderedNotification> RenderedApplicationNotifications()
    {
        JsonObject[] objects =
        [
            NotificationPayloads.Named("storefront-production"),
            .. NotificationPayloads.HostileTexts.Select(NotificationPayloads.Named),
        ];
        return Render(NotificationConfig.ArgoCd(), "app", objects);
    }

    /// <summary>Renders one template with one object.</summary>
    public static string Render(NotificationConfig config, string template, string variable, JsonObject seen) =>
        GoTemplate.Render(config.Body(template), new JsonObject { [variable] = seen.DeepClone() });

    private static IEnumerable<RenderedNotification> Render(
        NotificationConfig config,
        string variable,
        IReadOnlyList<JsonObject> objects
    ) =>
        from trigger in config.Triggers
        from template in config.Sent(trigger)
        from seen in objects
        select new RenderedNotification(
            EventOf(trigger),
            GoTemplate.Render(config.Body(template), new JsonObject { [variable] = seen.DeepClone() })
        );

    /// <summary>Our triggers in Argo CD carry a prefix, so as not to meet those of its catalog; the events do not.</summary>
    private static string EventOf(string trigger) =>
        trigger.StartsWith("devflow-", StringComparison.Ordinal) ? trigger["devflow-".Length..] : trigger;
}
