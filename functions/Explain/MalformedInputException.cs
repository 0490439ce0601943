namespace Devflow.ChatOps.Functions.Explain;

/// <summary>The input is not what it claims to be. Lines and columns count from 1; columns in bytes for JSON.</summary>
internal sealed class MalformedInputException(long line, long column, string reason) : Exception(reason)
{
    public long Line { get; } = line;

    public long Column { get; } = column;
}
