using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;
using k8s.Exceptions;

namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>
/// Sends one request and reads one answer: nothing is repeated here, because whoever decided a patch must look before
/// it is sent again.
/// </summary>
internal sealed class ApiCaller(ClusterConnections connections, KubernetesOptions options, TimeProvider clock)
{
    private const int FaultBodyLimit = 64 * 1024;
    private static readonly JsonDocumentOptions Json = new() { MaxDepth = 128 };

    /// <summary>
    /// The answer's JSON object, which the caller disposes. Patches go out as the cluster's executor.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<ClusterAnswer<JsonDocument>> SendAsync(string cluster, ApiRequest request, Deadline total)
    {
        using var time = total.Part(options.RequestTimeout, clock);
        try
        {
            var found = await connections.FindAsync(cluster, request.Changes, time.Token);
            if (found.Connection is not { } connection)
            {
                return Failed<JsonDocument>(found.Fault!);
            }

            using var loan = connection.Borrow();
            return loan is null
                ? Failed<JsonDocument>(ApiFaults.Reconnecting(cluster))
                : await GuardedAsync(connection, request, time, () => SendAsync(connection, request, time));
        }
        catch (OperationCanceledException) when (time.IsOver)
        {
            return Failed<JsonDocument>(ApiFaults.TimedOut(cluster, request));
        }
    }

    /// <summary>
    /// Opens a watch within the time of a request and follows it for <paramref name="time"/>: the server should have ended
    /// it by then, so that a connection that died without a word is given up.
    /// </summary>
    /// <param name="read">Reads the stream to its end.</param>
    public async Task<ClusterAnswer<WatchEnd>> WatchAsync(
        string cluster,
        ApiRequest request,
        TimeSpan time,
        Func<ClusterConnection, Stream, CancellationToken, Task<ClusterAnswer<WatchEnd>>> read,
        CancellationToken stop
    )
    {
        using var opening = new Deadline(options.RequestTimeout, clock, stop);
        using var following = new Deadline(time, clock, stop);
        try
        {
            var found = await connections.FindAsync(cluster, toPatch: false, opening.Token);
            if (found.Connection is not { } connection)
            {
                return Failed<WatchEnd>(found.Fault!);
            }

            using var loan = connection.Borrow();
            if (loan is null)
            {
                return Failed<WatchEnd>(ApiFaults.Reconnecting(cluster));
            }

            using var message = Message(connection, request);
            HttpResponseMessage? open = null;
            var opened = await GuardedAsync(
                connection,
                request,
                opening,
                async () =>
                {
                    open = await OpenAsync(connection, message, opening);
                    return open.StatusCode is HttpStatusCode.OK or HttpStatusCode.Gone
                        ? new ClusterAnswer<WatchEnd>.Ok(WatchEnd.Expired)
                        : Failed<WatchEnd>(await FaultAsync(connection, request, open, opening.Token));
                }
            );
            using var answer = open;
            return opened is ClusterAnswer<WatchEnd>.Fault || answer is not { StatusCode: HttpStatusCode.OK }
                ? opened
                : await GuardedAsync(
                    connection,
                    request,
                    following,
                    async () =>
                    {
                        await using var stream = await answer.Content.ReadAsStreamAsync(following.Token);
                        return await read(connection, stream, following.Token);
                    }
                );
        }
        catch (OperationCanceledException) when (opening.IsOver || following.IsOver)
        {
            return Failed<WatchEnd>(ApiFaults.TimedOut(cluster, request));
        }
    }

    private async Task<ClusterAnswer<JsonDocument>> SendAsync(
        ClusterConnection connection,
        ApiRequest request,
        Deadline time
    )
    {
        using var message = Message(connection, request);
        using var answer = await OpenAsync(connection, message, time);
        return answer.StatusCode is HttpStatusCode.OK
            ? await ReadAsync(connection, request, answer, time.Token)
            : Failed<JsonDocument>(await FaultAsync(connection, request, answer, time.Token));
    }

    private async Task<HttpResponseMessage> OpenAsync(
        ClusterConnection connection,
        HttpRequestMessage message,
        Deadline time
    )
    {
        var answer = await connection.SendAsync(message, time.Token);
        if (answer.StatusCode == HttpStatusCode.Unauthorized && connection.RunsProgram)
        {
            connections.Forget(connection.Cluster, connection);
        }

        return answer;
    }

    /// <summary>Tells apart how a request can fail.</summary>
    private static async Task<ClusterAnswer<T>> GuardedAsync<T>(
        ClusterConnection connection,
        ApiRequest request,
        Deadline time,
        Func<Task<ClusterAnswer<T>>> send
    )
    {
        try
        {
            return await send();
        }
        catch (Exception why) when (IsCredentialFault(why))
        {
            return Failed<T>(
                new ClusterFault(
                    ClusterFaultKind.Misconfigured,
                    Plain.OneLine(
                        $"Cluster '{connection.Cluster}': the token file or credential program of {connection.Source} gives no token ({why.GetType().Name}).",
                        400
                    )
                )
            );
        }
        catch (Exception why) when (why is HttpRequestException or IOException && time.Token.IsCancellationRequested)
        {
            // Cutting off a request at its deadline shows in other ways too.
            throw new OperationCanceledException(why.Message, why, time.Token);
        }
        catch (Exception why)
            when (!time.Token.IsCancellationRequested && ApiFaults.Of(connection, request, why) is not null)
        {
            return Failed<T>(ApiFaults.Of(connection, request, why)!);
        }
    }

    private async Task<ClusterAnswer<JsonDocument>> ReadAsync(
        ClusterConnection connection,
        ApiRequest request,
        HttpResponseMessage answer,
        CancellationToken stop
    )
    {
        var body = await ReadLimitedAsync(answer.Content, options.AnswerLimit, stop);
        if (body.Length > options.AnswerLimit)
        {
            return Failed<JsonDocument>(
                ApiFaults.Lost(connection, request, $"answered with more than {options.AnswerLimit / 1024} KiB")
            );
        }

        JsonDocument? json = null;
        try
        {
            json = JsonDocument.Parse(body, Json);
        }
        catch (JsonException)
        {
            return Failed<JsonDocument>(
                ApiFaults.Lost(connection, request, "answered with something that is not JSON")
            );
        }

        if (IsAnswerTo(request, json.RootElement))
        {
            return new ClusterAnswer<JsonDocument>.Ok(json);
        }

        json.Dispose();
        return Failed<JsonDocument>(
            ApiFaults.Lost(connection, request, "answered with JSON that is not what was asked for")
        );
    }

    private async Task<ClusterFault> FaultAsync(
        ClusterConnection connection,
        ApiRequest request,
        HttpResponseMessage answer,
        CancellationToken stop
    )
    {
        var body = await ReadLimitedAsync(answer.Content, FaultBodyLimit, stop);
        return ApiFaults.Of(connection, request, answer, body, clock.GetUtcNow());
    }

    private static HttpRequestMessage Message(ClusterConnection connection, ApiRequest request)
    {
        var message = new HttpRequestMessage(
            request.Changes ? HttpMethod.Patch : HttpMethod.Get,
            new Uri(connection.BaseUri, request.Path)
        );
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
        }

        return message;
    }

    /// <summary>The body, or one byte more than the limit of a longer one.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadLimitedAsync(
        HttpContent content,
        int limit,
        CancellationToken stop
    )
    {
        await using var stream = await content.ReadAsStreamAsync(stop);
        using var body = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (body.Length <= limit)
        {
            var read = await stream.ReadAsync(
                chunk.AsMemory(0, (int)Math.Min(chunk.Length, limit + 1L - body.Length)),
                stop
            );
            if (read == 0)
            {
                break;
            }

            body.Write(chunk, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    // A page of some other server is valid JSON too; only what has the asked object's name, or is a list, is an answer.
    private static bool IsAnswerTo(ApiRequest request, JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && (
            request.Name.Length == 0
                ? root.TryGetProperty("items", out var items)
                    && items.ValueKind is JsonValueKind.Array or JsonValueKind.Null
                : root.TryGetProperty("metadata", out var metadata)
                    && metadata.ValueKind == JsonValueKind.Object
                    && metadata.TryGetProperty("name", out var name)
                    && name.ValueKind == JsonValueKind.String
                    && name.GetString() == request.Name
        );

    private static bool IsCredentialFault(Exception why) =>
        why
            is KubeConfigException
                or KubernetesClientException
                or InvalidDataException
                or FileNotFoundException
                or DirectoryNotFoundException
                or UnauthorizedAccessException;

    private static ClusterAnswer<T> Failed<T>(ClusterFault fault) => new ClusterAnswer<T>.Fault(fault);
}
