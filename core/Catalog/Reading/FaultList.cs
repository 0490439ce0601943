namespace Devflow.ChatOps.Core.Catalog.Reading;

/// <summary>Collects everything that is wrong with one file.</summary>
internal sealed class FaultList(string file)
{
    // A hostile file could otherwise make a fault out of every few bytes.
    private const int Most = 200;

    private readonly List<CatalogFault> faults = [];

    public bool Any => faults.Count > 0;

    /// <summary>`; did you mean "x"?`, or nothing. Not sought any more once there are many faults, for it is not cheap.</summary>
    public string DidYouMean(string typed, IEnumerable<string> candidates) =>
        faults.Count < Most && NearMiss.Find(typed, candidates) is { } suggestion
            ? $"; did you mean {Quote.Of(suggestion)}?"
            : "";

    public void Add(Position at, string message) => faults.Add(new CatalogFault(file, at.Line, at.Column, message));

    /// <summary>By place; what was found first comes first in the same place.</summary>
    public IReadOnlyList<CatalogFault> Sorted()
    {
        var sorted = faults.Distinct().OrderBy(fault => fault.Line).ThenBy(fault => fault.Column).ToList();
        return sorted.Count <= Most
            ? sorted
            :
            [
                .. sorted.Take(Most),
                new CatalogFault(file, sorted[Most].Line, sorted[Most].Column, "more faults follow from here on"),
            ];
    }
}
