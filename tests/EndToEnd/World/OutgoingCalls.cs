using System.Collections.Concurrent;
using System.Diagnostics;

namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <summary>
/// Watches every HTTP request of this process: the stand-ins are on this machine, so a request to any other host is one
/// that nobody registered, and fails the test.
/// </summary>
internal static class OutgoingCalls
{
    private static readonly ConcurrentQueue<string> strangers = new();

    static OutgoingCalls() => DiagnosticListener.AllListeners.Subscribe(new Listeners());

    /// <summary>Starts watching; the first call does.</summary>
    public static void Watch() { }

    /// <summary>Requests to other machines so far.</summary>
    public static IReadOnlyCollection<string> Strangers => strangers;

    private sealed class Listeners : IObserver<DiagnosticListener>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "HttpHandlerDiagnosticListener")
            {
                value.Subscribe(new Requests(), name => name.StartsWith("System.Net.Http", StringComparison.Ordinal));
            }
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }

    private sealed class Requests : IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(KeyValuePair<string, object?> value)
        {
            var request = value.Value?.GetType().GetProperty("Request")?.GetValue(value.Value) as HttpRequestMessage;
            if (request?.RequestUri is { IsAbsoluteUri: true, IsLoopback: false } url)
            {
                strangers.Enqueue($"{request.Method} {url.GetLeftPart(UriPartial.Authority)}");
            }
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }
}
