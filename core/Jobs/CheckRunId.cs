using System.Globalization;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>
/// The external id of a check run, <c>job:attempt:n</c>: of which release it speaks, and which of its runs it is. A run is
/// found by it after an uncertain answer, and a button tells by it what its presser saw.
/// </summary>
/// <param name="Number">1, 2, … within the Job.</param>
public readonly record struct CheckRunId(JobId Job, int Attempt, int Number)
{
    /// <summary>Reads what <see cref="ToString"/> wrote; anything else is <c>null</c>.</summary>
    public static CheckRunId? TryParse(string? text) =>
        text is { Length: < 100 }
        && text.Split(':') is [var id, var attempt, var number]
        && JobId.TryParse(id) is { } job
        && int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out var tries)
        && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            ? new CheckRunId(job, tries, n)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Job}:{Attempt}:{Number}");
}
