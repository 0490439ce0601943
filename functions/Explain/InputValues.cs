using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;

namespace Devflow.ChatOps.Functions.Explain;

/// <summary>
/// Reads the values of an input one by one as they arrive: JSON values one after the other, or YAML documents. Which of
/// the two it is, the first character tells. UTF-8, or UTF-16 with a byte order mark (what PowerShell redirects).
/// </summary>
internal static class InputValues
{
    private const int BufferSize = 64 * 1024;

    /// <exception cref="MalformedInputException">While enumerating, after what was well formed.</exception>
    public static async IAsyncEnumerable<InputValue> ReadAsync(
        Stream input,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var pipe = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: BufferSize));
        var encoding = await ByteOrderMarkAsync(pipe, cancellationToken);
        if (encoding is not null)
        {
            var utf8 = Encoding.CreateTranscodingStream(pipe.AsStream(), encoding, Encoding.UTF8);
            pipe = PipeReader.Create(utf8, new StreamPipeReaderOptions(bufferSize: BufferSize));
        }

        var (first, place) = await FirstCharacterAsync(pipe, cancellationToken);
        var values = first switch
        {
            null => null,
            (byte)'{' or (byte)'[' => JsonValues.ReadAsync(pipe, place, cancellationToken),
            _ => YamlDocuments.ReadAsync(pipe.AsStream(), place, cancellationToken),
        };
        if (values is null)
        {
            yield break;
        }

        await foreach (var value in values)
        {
            yield return value;
        }
    }

    private static async Task<Encoding?> ByteOrderMarkAsync(PipeReader pipe, CancellationToken cancellationToken)
    {
        var read = await pipe.ReadAtLeastAsync(3, cancellationToken);
        var start = new byte[Math.Min(3, read.Buffer.Length)];
        System.Buffers.BuffersExtensions.CopyTo(read.Buffer.Slice(0, start.Length), start);
        var (length, encoding) = start switch
        {
            [0xEF, 0xBB, 0xBF] => (3, null),
            [0xFF, 0xFE, ..] => (2, Encoding.Unicode),
            [0xFE, 0xFF, ..] => (2, Encoding.BigEndianUnicode),
            _ => (0, (Encoding?)null),
        };
        pipe.AdvanceTo(read.Buffer.GetPosition(length));
        return encoding;
    }

    /// <summary>Skips white space.</summary>
    private static async Task<(byte? First, Place Place)> FirstCharacterAsync(
        PipeReader pipe,
        CancellationToken cancellationToken
    )
    {
        var place = Place.Start;
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            var reader = new System.Buffers.SequenceReader<byte>(read.Buffer);
            while (reader.TryPeek(out var next))
            {
                if (next is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                {
                    // YAML counts indentation: its line is read from the start.
                    pipe.AdvanceTo(reader.Position);
                    return (next, place);
                }

                reader.Advance(1);
                place = place.After(next);
            }

            pipe.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return (null, place);
            }
        }
    }
}

/// <summary>Where a value begins in the input; both count from 1.</summary>
internal readonly record struct Place(long Line, long Column)
{
    public static Place Start => new(1, 1);

    public Place After(byte character) =>
        character == (byte)'\n' ? new Place(Line + 1, 1) : this with { Column = Column + 1 };
}
