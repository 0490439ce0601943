using System.Globalization;

namespace Devflow.ChatOps.Core.Catalog;

/// <summary>What came of reading a catalog.</summary>
public abstract record CatalogResult
{
    private CatalogResult() { }

    /// <summary>It can be used.</summary>
    public sealed record Valid(ReleaseCatalog Catalog) : CatalogResult;

    /// <summary>It cannot; every fault that was found, in the order of the file.</summary>
    public sealed record Faulty(IReadOnlyList<CatalogFault> Faults) : CatalogResult;
}

/// <summary>One thing that is wrong in a catalog.</summary>
/// <param name="File">The file's name as it was given to the parser.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
/// <param name="Message">What is wrong and, where it is known, what would be right.</param>
public sealed record CatalogFault(string File, int Line, int Column, string Message)
{
    /// <summary>`file:line:column: message`, which editors and CI systems turn into a link.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Message}");
}
