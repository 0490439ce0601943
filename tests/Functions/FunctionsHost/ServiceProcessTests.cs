using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Devflow.ChatOps.Tests.Functions.Support;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Tests.Functions.FunctionsHost;

/// <summary>
/// How the process ends. The Functions host never restarts a handler that ended with 0, so only a wish to stop may.
/// </summary>
public sealed class ServiceProcessTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("devflow-").FullName;
    private readonly CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken
    );

    public ServiceProcessTests()
    {
        over.CancelAfter(TimeSpan.FromMinutes(2));
        File.WriteAllText(CatalogPath, SmallCatalog.Text);
    }

    private CancellationToken Stop => over.Token;

    private string CatalogPath => Path.Combine(folder, "catalog.yaml");

    public void Dispose()
    {
        over.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Unknown_settings_and_bad_values_and_the_catalogs_faults_are_named_at_once()
    {
        await File.WriteAllTextAsync(CatalogPath, "clusters: 1\nappz: []\n", Stop);
        var said = await FailAsync(
            2,
            new()
            {
                ["Devflow__Slack__SigninSecrets__0"] = "not-to-be-printed",
                ["Devflow__Typo"] = "not-to-be-printed",
                ["Devflow__Limits__PerSecond"] = "many",
                ["Devflow__Slack__ApiAddress"] = "slack",
                ["Devflow__Api__Tokens__0__Expires"] = "soon",
                ["Devflow__Api__Audience__0"] = "x",
            }
        );
        foreach (
            var fault in new[]
            {
                "Devflow:Slack:SigninSecrets: unknown",
                "Devflow:Typo: unknown",
                "Devflow:Limits:PerSecond: expected a number",
                "Devflow:Slack:ApiAddress: expected an absolute URL",
                "Devflow:Api:Tokens:0:Expires: expected a time",
                "Devflow:Api:Audience: expected one value",
                $"{CatalogPath}:1:",
                $"{CatalogPath}:2:",
            }
        )
        {
            said.ShouldContain(fault);
        }

        said.ShouldNotContain("not-to-be-printed");
    }

    [Fact]
    public async Task A_null_in_a_settings_file_is_a_fault_and_not_a_missing_guard()
    {
        await File.WriteAllTextAsync(
            Path.Combine(folder, "appsettings.json"),
            """{ "Devflow": { "Api": { "Audience": null } } }""",
            Stop
        );
        var said = await FailAsync(2, new() { ["ASPNETCORE_CONTENTROOT"] = folder });
        said.ShouldContain("Devflow:Api:Audience: null is no value");
    }

    [Fact]
    public async Task Settings_that_cannot_be_are_named_at_once_with_a_catalog_that_is_not_there()
    {
        File.Delete(CatalogPath);
        var said = await FailAsync(
            2,
            new()
            {
                ["Devflow__Store"] = "postgres://somewhere",
                ["Devflow__SealingKey"] = "short",
                ["Devflow__Hooks__prod__0"] = "short",
                ["Devflow__Limits__Burst"] = "0",
                ["Devflow__Api__Issuer"] = "http://issuer.example.com",
                ["Devflow__Api__Tokens__0__Scopes__0"] = "everything",
                ["FUNCTIONS_CUSTOMHANDLER_PORT"] = "seven",
            }
        );
        foreach (
            var fault in new[]
            {
                "Devflow:Store",
                "Devflow:SealingKey",
                "Devflow:Hooks:prod",
                "Devflow:Limits",
                "Devflow:Api:Issuer",
                "Name is missing",
                "Sha256",
                "Person is missing",
                "Expires is missing",
                "Scopes",
                "FUNCTIONS_CUSTOMHANDLER_PORT",
                $"{CatalogPath}: cannot be read",
            }
        )
        {
            said.ShouldContain(fault);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n# nothing yet\n")]
    public async Task An_empty_catalog_is_a_fault(string text)
    {
        await File.WriteAllTextAsync(CatalogPath, text, Stop);

        (await FailAsync(2, [])).ShouldContain($"{CatalogPath}:1:1: the file is empty");
    }

    [Fact]
    public async Task Sqlite_is_refused_where_Azure_runs_several_instances()
    {
        var said = await FailAsync(
            2,
            new()
            {
                ["FUNCTIONS_CUSTOMHANDLER_PORT"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),
                ["WEBSITE_INSTANCE_ID"] = "d34db33f",
            }
        );
        said.ShouldContain("Devflow:Store: sqlite");
    }

    [Fact]
    public async Task A_store_that_another_process_has_is_left_alone()
    {
        await using var first = Start([]);
        await first.WhenReadyAsync(Stop);
        (await FailAsync(3, [])).ShouldContain("devflow.db");
        // The first one is none the worse for it.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await http.GetAsync(new Uri(first.Address, "health/ready"), Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_no_success()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var service = Start(
            new()
            {
                ["FUNCTIONS_CUSTOMHANDLER_PORT"] = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(
                    CultureInfo.InvariantCulture
                ),
            }
        );
        (await service.WhenExitedAsync(Stop)).ShouldNotBe(0);
    }

    [Fact]
    public async Task Alone_it_ends_cleanly_when_it_is_asked_to_and_can_be_started_again()
    {
        for (var time = 0; time < 2; time++)
        {
            await using var service = Start([]);
            await service.WhenReadyAsync(Stop);
            (await service.TerminateAsync(Stop)).ShouldBe(0, service.Said());
            service.Errors.ShouldBeEmpty();
        }
    }

    private async Task<string> FailAsync(int exitCode, Dictionary<string, string> settings)
    {
        await using var service = Start(settings);
        (await service.WhenExitedAsync(Stop)).ShouldBe(exitCode, service.Said());
        return service.Said();
    }

    private ServiceProcess Start(Dictionary<string, string> settings)
    {
        var all = new Dictionary<string, string>
        {
            ["Devflow__Catalog"] = CatalogPath,
            ["Devflow__Store"] = $"sqlite:{Path.Combine(folder, "devflow.db")}",
        };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return ServiceProcess.StartAlone(FunctionsApp.Built.Executable, FunctionsApp.Built.Root, all);
    }
}
