using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>The catalog of this moment: the last one without faults.</summary>
public sealed class CatalogSource
{
    private volatile ReleaseCatalog? current;
    private volatile string? problem;

    /// <summary><c>null</c> only before the first load.</summary>
    public ReleaseCatalog? Current => current;

    /// <summary>Why the newest file is not in use; <c>null</c> when it is.</summary>
    public string? Problem => problem;

    /// <summary>Takes a new one over.</summary>
    public void Use(ReleaseCatalog catalog) => (current, problem) = (catalog, null);

    /// <summary>The newest file cannot be used; the last good one stays.</summary>
    public void Keep(string why) => problem = why;
}
