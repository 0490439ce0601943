using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Tests.Functions.Support;

namespace Devflow.ChatOps.Tests.Functions.Hosting;

/// <summary>The catalog while the process runs: what is in use, and what is said about the file.</summary>
public sealed class CatalogLoaderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devflow-catalog-");
    private readonly CatalogSource source = new();
    private readonly ListLogger<CatalogLoader> log = new();
    private readonly CatalogLoader loader;

    public CatalogLoaderTests()
    {
        Write(SmallCatalog.Text);
        loader = new CatalogLoader(new DevflowOptions { Catalog = Path }, source, TimeProvider.System, log);
        loader.Load().ShouldBeEmpty();
    }

    private string Path => System.IO.Path.Combine(folder.FullName, "catalog.yaml");

    public void Dispose()
    {
        loader.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_file_that_cannot_be_read_for_a_moment_is_the_current_one_again_when_it_is_back()
    {
        File.Delete(Path);
        loader.Reload();
        source.Problem.ShouldNotBeNull().ShouldContain("cannot be read");

        Write(SmallCatalog.Text);
        loader.Reload();

        source.Problem.ShouldBeNull();
        log.Lines.Last().ShouldContain("in use again");
    }

    [Fact]
    public void Faults_are_the_reason_again_when_the_faulty_file_is_back()
    {
        Write("clusters: 1\n");
        loader.Reload();
        var faults = source.Problem.ShouldNotBeNull();

        File.Delete(Path);
        loader.Reload();
        Write("clusters: 1\n");
        loader.Reload();

        source.Problem.ShouldBe(faults);
        source.Current!.Apps.ShouldHaveSingleItem();
    }

    [Fact]
    public void The_same_reason_is_logged_once()
    {
        File.Delete(Path);
        loader.Reload();
        loader.Reload();
        Write("clusters: 1\n");
        loader.Reload();
        loader.Reload();

        log.Lines.Count(line => line.StartsWith("Error", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public void A_file_that_was_emptied_leaves_the_last_good_one_in_use()
    {
        Write("");
        loader.Reload();

        source.Problem.ShouldNotBeNull().ShouldContain("the file is empty");
        source.Current!.Apps.ShouldHaveSingleItem();
    }

    private void Write(string text) => File.WriteAllText(Path, text);
}
