using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Functions.Processing;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>
/// Loads the catalog at start, where faults stop the process, and again when the file changes, where the last good one
/// stays.
/// </summary>
public sealed partial class CatalogLoader(
    DevflowOptions options,
    CatalogSource source,
    TimeProvider clock,
    ILogger<CatalogLoader> log
) : BackgroundService
{
    private static readonly TimeSpan lookEvery = TimeSpan.FromSeconds(5);
    private string? loaded;
    private IReadOnlyList<string> faultsOfLoaded = [];

    /// <summary>Every fault of the file, or none and the catalog is in use.</summary>
    public IReadOnlyList<string> Load()
    {
        string text;
        try
        {
            text = File.ReadAllText(options.Catalog);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [$"{options.Catalog}: cannot be read: {fault.Message}"];
        }

        if (text == loaded)
        {
            // It may have been unreadable since.
            if (faultsOfLoaded.Count == 0 && source.Problem is not null)
            {
                source.Use(source.Current!);
                UsedAgain(options.Catalog);
            }

            return faultsOfLoaded;
        }

        loaded = text;
        faultsOfLoaded = CatalogParser.Parse(text, options.Catalog) switch
        {
            CatalogResult.Valid valid => Use(valid.Catalog),
            CatalogResult.Faulty faulty => [.. faulty.Faults.Select(fault => fault.ToString())],
            _ => throw new InvalidOperationException("A result that nobody reads."),
        };
        return faultsOfLoaded;
    }

    /// <summary>Every fault of a catalog file, without using it.</summary>
    internal static IReadOnlyList<string> FaultsOf(string path)
    {
        try
        {
            return CatalogParser.Parse(File.ReadAllText(path), path) is CatalogResult.Faulty faulty
                ? [.. faulty.Faults.Select(fault => fault.ToString())]
                : [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [$"{path}: cannot be read: {fault.Message}"];
        }
    }

    /// <summary>Looks at the file again; when it cannot be used, the last good one stays and it is said once.</summary>
    internal void Reload()
    {
        var faults = string.Join('\n', Load());
        if (faults.Length > 0 && faults != source.Problem)
        {
            source.Keep(faults);
            NotUsed(faults);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(lookEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Reload();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private IReadOnlyList<string> Use(ReleaseCatalog catalog)
    {
        source.Use(catalog);
        Loaded(options.Catalog, catalog.Apps.Count);
        TellWhatNeedsGitHub(catalog);
        return [];
    }

    private void TellWhatNeedsGitHub(ReleaseCatalog catalog)
    {
        if (options.GitHub.IsSetUp)
        {
            return;
        }

        foreach (var team in catalog.Teams.Where(team => team.GitHubTeam is not null))
        {
            NeedsGitHub(team.Name);
        }

        foreach (var target in catalog.Targets.Where(target => target.Environment.OnAbort == OnAbort.RevertGit))
        {
            NeedsGitHub(target);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Catalog: githubTeam of team {Team} needs a GitHub App (Devflow:GitHub); without one nobody is a member by it."
    )]
    private partial void NeedsGitHub(string team);

    [LoggerMessage(
        LogLevel.Warning,
        "Catalog: onAbort: revertGit of {Target} needs a GitHub App (Devflow:GitHub); without one an abort leaves Git as it is."
    )]
    private partial void NeedsGitHub(ReleaseTarget target);

    [LoggerMessage(LogLevel.Information, "Catalog {Path} is in use: {Apps} apps.")]
    private partial void Loaded(string path, int apps);

    [LoggerMessage(LogLevel.Information, "Catalog {Path} is what it was, and in use again.")]
    private partial void UsedAgain(string path);

    [LoggerMessage(LogLevel.Error, "The new catalog has faults; the last good one stays in use.\n{Faults}")]
    private partial void NotUsed(string faults);
}
