namespace Devflow.ChatOps.Core.Policy;

/// <summary>What a promote must pass, in this order.</summary>
public enum GateName
{
    /// <summary>The release is where a promote does something.</summary>
    State,

    /// <summary>The person may promote.</summary>
    Right,

    /// <summary>The person did not make the release.</summary>
    Author,

    Lock,
    Freeze,

    /// <summary>Enough people approve, the person included.</summary>
    Votes,
}

/// <summary>A gate and why it does not let pass; <c>null</c>: it does.</summary>
public sealed record Gate(GateName Name, Refusal? Refusal);
