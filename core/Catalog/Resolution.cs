namespace Devflow.ChatOps.Core.Catalog;

/// <summary>An app and one of its environments: what a Job releases to.</summary>
public sealed record ReleaseTarget(App App, AppEnvironment Environment)
{
    /// <summary>`app environment`, as a person would type it.</summary>
    public override string ToString() => $"{App.Name} {Environment.Name}";
}

/// <summary>What a typed app and environment mean.</summary>
public abstract record Resolution
{
    private Resolution() { }

    /// <summary>Exactly one environment fits.</summary>
    public sealed record Found(App App, AppEnvironment Environment) : Resolution;

    /// <summary>None fits.</summary>
    /// <param name="Text">The word that fits nothing, as it was typed.</param>
    /// <param name="Suggestion">A name that differs from it by a slip of the hand; null when none does.</param>
    public sealed record NotFound(string Text, string? Suggestion) : Resolution;

    /// <summary>Several fit; guessing would release the wrong one.</summary>
    /// <param name="Text">What was typed; may be empty.</param>
    /// <param name="Candidates">What fits, in the order of the catalog.</param>
    public sealed record Ambiguous(string Text, IReadOnlyList<ReleaseTarget> Candidates) : Resolution;
}
