namespace Devflow.ChatOps.Core.Jobs;

/// <summary>Identity of a Job: a UUIDv7, so that ids sort by creation.</summary>
public readonly record struct JobId(Guid Value)
{
    /// <summary>A new id for a Job created at this time.</summary>
    public static JobId New(DateTimeOffset at) => new(Guid.CreateVersion7(at));

    /// <summary>Reads what <see cref="ToString"/> wrote; anything else is <c>null</c>.</summary>
    public static JobId? TryParse(string? text) => Guid.TryParseExact(text, "D", out var id) ? new JobId(id) : null;

    /// <summary>Lower-case, with hyphens.</summary>
    public override string ToString() => Value.ToString("D");
}
