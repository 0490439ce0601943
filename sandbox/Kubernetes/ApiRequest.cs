namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>One request while it is answered: who asks, with what body.</summary>
internal sealed class ApiRequest(HttpContext http, ApiUser user, byte[] body)
{
    /// <summary>A real API server takes 3 MiB.</summary>
    public const long MaxBody = 3 * 1024 * 1024;

    public HttpContext Http { get; } = http;

    public ApiUser User { get; } = user;

    public byte[] Body { get; } = body;

    /// <summary>It is in the log.</summary>
    public bool IsLogged { get; set; }

    /// <summary>Whether the connection is to be cut when the answer begins, before a byte of it is sent.</summary>
    public bool LosesAnswer { get; set; }

    public IQueryCollection Query => Http.Request.Query;

    public string ContentType => MediaTypes.Of(Http.Request.ContentType);

    /// <summary>Cancelled when the client has gone.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    public Task AnswerAsync(int status, ReadOnlyMemory<byte> content, string contentType = MediaTypes.Json)
    {
        Begin(status, contentType);
        Http.Response.ContentLength = content.Length;
        return Http.Response.Body.WriteAsync(content, Aborted).AsTask();
    }

    public Task AnswerTextAsync(int status, string text)
    {
        Begin(status, "text/plain; charset=utf-8");
        Http.Response.Headers.XContentTypeOptions = "nosniff";
        return Http.Response.WriteAsync(text, Aborted);
    }

    public Task AnswerAsync(ApiException failure)
    {
        if (failure.Code == 403)
        {
            Http.Response.Headers.XContentTypeOptions = "nosniff";
        }

        if (failure.RetryAfterSeconds is { } seconds)
        {
            Http.Response.Headers.RetryAfter = JsonFields.Number(seconds);
        }

        return AnswerAsync(failure.Code, Render.Json(failure.Status));
    }

    /// <summary>Starts an answer whose length is not known, and sends its head at once.</summary>
    public async Task<Stream> StreamAsync()
    {
        Begin(200, MediaTypes.Json);
        await Http.Response.StartAsync(Aborted);
        await Http.Response.Body.FlushAsync(Aborted);
        return Http.Response.Body;
    }

    private void Begin(int status, string contentType)
    {
        Http.Response.StatusCode = status;
        Http.Response.ContentType = contentType;
        Http.Response.Headers["Audit-Id"] = Guid.NewGuid().ToString();
        Http.Response.Headers.CacheControl = "no-cache, private";
    }
}
