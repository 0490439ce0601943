using System.Globalization;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>
/// A run of a workflow, as the trailer <c>Devflow-Run</c> names it. Runs of the same workflow of the same repository have an
/// order: by run number, then by attempt.
/// </summary>
/// <param name="RepositoryId">GitHub's number of the source repository; it stays when the repository is renamed.</param>
/// <param name="Workflow">The workflow's file or name. It may contain slashes.</param>
/// <param name="Number"><c>github.run_number</c>: counts the workflow's runs, from 1.</param>
/// <param name="Attempt"><c>github.run_attempt</c>, from 1.</param>
public sealed record RunIdentity(long RepositoryId, string Workflow, long Number, int Attempt)
{
    /// <summary>Reads <c>repository id/workflow/run number/attempt</c>; <c>null</c> when it is none.</summary>
    public static RunIdentity? TryParse(string text)
    {
        var parts = text.Split('/');
        return
            parts.Length >= 4
            && TryNumber(parts[0], out var repository)
            && TryNumber(parts[^2], out var number)
            && TryNumber(parts[^1], out var attempt)
            && attempt <= int.MaxValue
            && string.Join('/', parts[1..^2]) is { Length: > 0 } workflow
            ? new RunIdentity(repository, workflow, number, (int)attempt)
            : null;
    }

    /// <summary>Whether this run came after the other: of the same workflow, with a higher number, or a later attempt.</summary>
    public bool IsNewerThan(RunIdentity other) =>
        RepositoryId == other.RepositoryId
        && Workflow == other.Workflow
        && (Number, Attempt).CompareTo((other.Number, other.Attempt)) > 0;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{RepositoryId}/{Workflow}/{Number}/{Attempt}");

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
