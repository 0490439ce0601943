namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>How long what is finished is kept; the audit is kept for good.</summary>
public sealed class RetentionSettings
{
    /// <summary>Days after which an answered command is forgotten, and its key with it.</summary>
    public int CommandDays { get; set; } = 7;

    /// <summary>Days after its creation at which a finished Job is forgotten, unless decisions need it.</summary>
    public int JobDays { get; set; } = 90;
}
