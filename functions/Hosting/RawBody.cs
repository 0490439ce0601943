namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>Reads a body as bytes, within a limit: signatures are over exactly what was sent.</summary>
public static class RawBody
{
    /// <exception cref="BadHttpRequestException">413: it is larger.</exception>
    public static async Task<byte[]> ReadAsync(HttpRequest request, int limit, CancellationToken stop)
    {
        if (request.ContentLength > limit)
        {
            throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
        }

        using var body = new MemoryStream((int)(request.ContentLength ?? 1024));
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, stop)) > 0)
        {
            if (body.Length + read > limit)
            {
                throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    /// <summary>Whether the request says that its body is of this media type.</summary>
    public static bool Is(HttpRequest request, string mediaType) =>
        request.ContentType is { } given
        && given.Split(';')[0].Trim().Equals(mediaType, StringComparison.OrdinalIgnoreCase);
}
