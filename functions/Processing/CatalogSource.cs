using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>The catalog of this moment: the last one without faults.</summary>
public sealed class CatalogSource
{
    private volatile ReleaseCatalog? current;

    /// <summary><c>null</c> only before the first load.</summary>
    public ReleaseCatalog? Current => current;

    /// <summary>Takes a new one over.</summary>
    public void Use(ReleaseCatalog catalog) => current = catalog;
}
