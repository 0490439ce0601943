using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Devflow.ChatOps.Functions.Explain;

/// <summary>
/// Cuts a stream into its JSON values without waiting for its end: only the brackets are counted here, what is between
/// them is the parser's business. One value at a time is held in memory.
/// </summary>
internal static class JsonValues
{
    private const long LargestValue = 512L * 1024 * 1024;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    public static async IAsyncEnumerable<InputValue> ReadAsync(
        PipeReader pipe,
        Place place,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var brackets = new Brackets();
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            while (Cut(ref rest, ref brackets, ref place, out var value, out var begin))
            {
                yield return Parse(value, begin);
                brackets = new Brackets();
            }

            if (read.IsCompleted)
            {
                if (brackets.HasBegun)
                {
                    Parse(rest, place).Dispose(); // cut short: the parser says where
                }

                yield break;
            }

            if (rest.Length > LargestValue)
            {
                throw new MalformedInputException(place.Line, place.Column, "a value larger than 512 MB");
            }

            pipe.AdvanceTo(rest.Start, rest.End);
        }
    }

    /// <summary>
    /// Takes the next whole value off <paramref name="rest"/>; if there is none, <paramref name="rest"/> begins with
    /// the part of it that is there.
    /// </summary>
    private static bool Cut(
        ref ReadOnlySequence<byte> rest,
        ref Brackets brackets,
        ref Place place,
        out ReadOnlySequence<byte> value,
        out Place begin
    )
    {
        if (!brackets.HasBegun)
        {
            place = SkipWhiteSpace(ref rest, place);
        }

        begin = place;
        value = default;
        var reader = new SequenceReader<byte>(rest);
        reader.Advance(brackets.Counted);
        while (reader.TryRead(out var next))
        {
            if (brackets.Closes(next, place))
            {
                value = rest.Slice(0, reader.Position);
                rest = rest.Slice(reader.Position);
                place = After(value, place);
                return true;
            }
        }

        return false;
    }

    private static Place SkipWhiteSpace(ref ReadOnlySequence<byte> rest, Place place)
    {
        var reader = new SequenceReader<byte>(rest);
        while (reader.TryPeek(out var next) && next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            reader.Advance(1);
            place = place.After(next);
        }

        rest = rest.Slice(reader.Position);
        return place;
    }

    private static Place After(ReadOnlySequence<byte> value, Place place)
    {
        foreach (var memory in value)
        {
            var span = memory.Span;
            var lines = span.Count((byte)'\n');
            place =
                lines == 0
                    ? place with
                    {
                        Column = place.Column + span.Length,
                    }
                    : new Place(place.Line + lines, span.Length - span.LastIndexOf((byte)'\n'));
        }

        return place;
    }

    private static InputValue Parse(ReadOnlySequence<byte> value, Place place)
    {
        try
        {
            foreach (var memory in value)
            {
                // A character may lie on the seam of two segments: then all of it is looked at in one piece.
                if (!Utf8.IsValid(memory.Span) && !Utf8.IsValid(value.ToArray()))
                {
                    throw new MalformedInputException(place.Line, place.Column, "text that is not UTF-8");
                }
            }

            return new InputValue(JsonDocument.Parse(value.ToArray(), Options), place);
        }
        catch (JsonException fault)
        {
            var line = fault.LineNumber ?? 0;
            var column = fault.BytePositionInLine ?? 0;
            throw new MalformedInputException(
                place.Line + line,
                line == 0 ? place.Column + column : column + 1,
                Reason(fault)
            );
        }
    }

    // The parser appends its own place, which counts from the value's start and from 0.
    private static string Reason(JsonException fault)
    {
        var own = fault.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return own < 0 ? fault.Message : fault.Message[..own];
    }

    /// <summary>Knows which brackets of a value are open, and what is inside a string.</summary>
    private struct Brackets
    {
        private int open;
        private bool inString;
        private bool escaped;

        /// <summary>How many bytes of the value were counted.</summary>
        public long Counted { get; private set; }

        public readonly bool HasBegun => Counted > 0;

        /// <summary>Whether this byte is the last one of the value.</summary>
        public bool Closes(byte next, Place place)
        {
            if (Counted == 0 && next is not ((byte)'{' or (byte)'['))
            {
                throw new MalformedInputException(place.Line, place.Column, "an object was expected");
            }

            Counted++;
            if (inString)
            {
                inString = escaped || next != (byte)'"';
                escaped = !escaped && next == (byte)'\\';
                return false;
            }

            switch (next)
            {
                case (byte)'"':
                    inString = true;
                    return false;
                case (byte)'{' or (byte)'[':
                    open++;
                    return false;
                case (byte)'}' or (byte)']':
                    open--;
                    return open == 0;
                default:
                    return false;
            }
        }
    }
}
