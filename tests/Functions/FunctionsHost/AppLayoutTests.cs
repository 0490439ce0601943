using System.Text.Json.Nodes;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Sweep;
using Devflow.ChatOps.Tests.Functions.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Devflow.ChatOps.Tests.Functions.FunctionsHost;

/// <summary>What is built is the root of a Functions app, and its files say what the code does.</summary>
public sealed class AppLayoutTests
{
    private static readonly HostEnvironment underFunctions = new(7071, OnAzure: false);
    private static readonly HostEnvironment alone = new(null, OnAzure: false);

    [Fact]
    public void Host_json_has_no_prefix_and_proxies_raw_requests_to_an_executable_that_is_there()
    {
        var app = FunctionsApp.Built;
        app.Host["version"]!.GetValue<string>().ShouldBe("2.0");
        app.RoutePrefix.ShouldBe("");
        var handler = app.Host["customHandler"]!.AsObject();
        handler["enableProxyingHttpRequest"]!.GetValue<bool>().ShouldBeTrue();
        // Forwarding loses chunked bodies; routes in host.json exclude function.json files, and so timers.
        handler.ContainsKey("enableForwardingHttpRequest").ShouldBeFalse();
        handler.ContainsKey("http").ShouldBeFalse();
        handler["description"]!["defaultExecutablePath"]!.GetValue<string>().ShouldBe("devflow");
        File.Exists(app.Executable).ShouldBeTrue(app.Executable);
        UnixMode(app.Executable).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
    }

    [Fact]
    public void Each_http_function_takes_raw_requests_anonymously_and_answers_them_itself()
    {
        foreach (var (name, function) in FunctionsApp.Built.Functions.Where(it => it.Key != SweepTimer.Function))
        {
            var bindings = FunctionsApp.Bindings(function).ToList();
            // Any further binding would put the host into its default mode.
            bindings.Select(it => it["type"]!.GetValue<string>()).ShouldBe(["httpTrigger", "http"], name);
            bindings[0]["authLevel"]!.GetValue<string>().ShouldBe("anonymous", name);
            bindings[0]["direction"]!.GetValue<string>().ShouldBe("in", name);
            bindings[1]["direction"]!.GetValue<string>().ShouldBe("out", name);
        }
    }

    [Fact]
    public void The_only_other_function_is_the_timer()
    {
        FunctionsApp.Built.TimerFunctions.ShouldBe([SweepTimer.Function]);
        var binding = FunctionsApp.Bindings(FunctionsApp.Built.Functions[SweepTimer.Function]).Single();
        binding["schedule"]!.GetValue<string>().Split(' ').Length.ShouldBe(6);
    }

    [Fact]
    public void Functions_that_an_old_host_would_call_by_name_are_the_http_functions()
    {
        DefaultMode.HttpFunctions.ShouldBe(
            FunctionsApp.Built.HttpFunctions.Select(function => function.Name),
            ignoreOrder: true
        );
    }

    [Fact]
    public async Task Every_endpoint_is_behind_exactly_one_function_and_every_function_has_an_endpoint()
    {
        await using var service = await BuildAsync(underFunctions);
        var functions = FunctionsApp.Built.HttpFunctions;
        var called = DefaultMode.HttpFunctions.Append(SweepTimer.Function).Select(name => $"POST /{name}");
        var endpoints = Endpoints(service)
            .Where(endpoint => endpoint.ToString() != "GET /" && !called.Contains(endpoint.ToString()))
            .ToList();
        endpoints.Count.ShouldBeGreaterThan(8);
        foreach (var endpoint in endpoints)
        {
            functions
                .Where(function => Covers(function, endpoint))
                .Select(function => function.Name)
                .Count()
                .ShouldBe(1, endpoint.ToString());
        }

        foreach (var (function, method) in functions.SelectMany(it => it.Methods.Select(method => (it, method))))
        {
            endpoints
                .Any(endpoint => endpoint.Method == method && Covers(function, endpoint))
                .ShouldBeTrue($"{method} {function.Route} of {function.Name}");
        }
    }

    [Fact]
    public async Task The_timer_and_the_readiness_poll_are_behind_no_route()
    {
        await using var service = await BuildAsync(underFunctions);
        Endpoints(service).ShouldContain(new Mapped("POST", "/" + SweepTimer.Function));
        Endpoints(service).ShouldContain(new Mapped("GET", "/"));
        foreach (var path in new[] { "/", "/" + SweepTimer.Function, "/sweep", "/SWEEP/" })
        {
            FunctionsApp.Built.HttpFunctions.Where(function => Matches(function.Route, path)).ShouldBeEmpty(path);
        }
    }

    [Fact]
    public async Task Alone_there_is_no_timer_to_call()
    {
        await using var service = await BuildAsync(alone);
        Endpoints(service)
            .Where(endpoint => endpoint.Pattern.Split('/').Length == 2 && endpoint.Method == "POST")
            .ShouldBeEmpty();
    }

    private static bool Covers(HttpFunction function, Mapped endpoint) =>
        function.Methods.Contains(endpoint.Method)
        && Matches(
            function.Route,
            string.Join('/', endpoint.Pattern.Split('/').Select(part => part.StartsWith('{') ? "something" : part))
        );

    private static bool Matches(string route, string path) =>
        new TemplateMatcher(TemplateParser.Parse(route), []).TryMatch(path.TrimEnd('/'), []);

    private static IReadOnlyList<Mapped> Endpoints(WebApplication service) =>
        [
            .. from endpoint in ((IEndpointRouteBuilder)service).DataSources.SelectMany(source => source.Endpoints)
            let route = (RouteEndpoint)endpoint
            from method in route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
            select new Mapped(method, "/" + route.RoutePattern.RawText!.TrimStart('/')),
        ];

    private static async Task<WebApplication> BuildAsync(HostEnvironment host)
    {
        var folder = Directory.CreateTempSubdirectory("devflow-").FullName;
        var catalog = Path.Combine(folder, "catalog.yaml");
        await File.WriteAllTextAsync(catalog, SmallCatalog.Text);
        return await ServiceHost.BuildAsync(
            [],
            builder =>
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["Devflow:Catalog"] = catalog,
                        ["Devflow:Store"] = $"sqlite:{Path.Combine(folder, "devflow.db")}",
                    }
                ),
            host
        );
    }

    private sealed record Mapped(string Method, string Pattern)
    {
        public override string ToString() => $"{Method} {Pattern}";
    }

    private static UnixFileMode UnixMode(string path) =>
        OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException() : File.GetUnixFileMode(path);
}
