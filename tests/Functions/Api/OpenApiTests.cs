using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Api;
using Devflow.ChatOps.Tests.Functions.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using YamlDotNet.RepresentationModel;

namespace Devflow.ChatOps.Tests.Functions.Api;

/// <summary>The description of the API describes what there is, and nothing else.</summary>
public sealed class OpenApiTests
{
    private static readonly YamlMappingNode document = Read();

    [Fact]
    public void Every_route_is_described_and_no_other()
    {
        var described =
            from path in Children("paths")
            from method in ((YamlMappingNode)path.Value).Children
            select $"{method.Key.ToString().ToUpperInvariant()} {path.Key}";
        described.ShouldBe(Routes(), ignoreOrder: true);
    }

    [Fact]
    public void A_Job_has_the_described_properties()
    {
        var job = JobView.Of(Samples.FullJob(), withTimeline: true);
        Properties("Job").ShouldBe(Keys(job), ignoreOrder: true);
        Properties("Step").ShouldBe(Keys(job["steps"]![0]), ignoreOrder: true);
        Properties("Rollback").ShouldBe(Keys(job["rollback"]), ignoreOrder: true);
        Properties("Contents").ShouldBe(Keys(job["contents"]), ignoreOrder: true);
        Properties("Author").ShouldBe(Keys(job["authors"]![0]), ignoreOrder: true);
        Properties("GitHub").ShouldBe(Keys(job["gitHub"]), ignoreOrder: true);
        Names("schemas", "GitHub", "properties", "comments", "items", "properties")
            .ShouldBe(Keys(job["gitHub"]!["comments"]![0]), ignoreOrder: true);
        Names("schemas", "Job", "properties", "timeline", "items", "properties")
            .ShouldBe(Keys(job["timeline"]![0]), ignoreOrder: true);
    }

    [Fact]
    public void What_is_stuck_has_the_described_properties()
    {
        var command = Samples.FullCommand(new Wish.Retry());
        var job = Samples.FullJob();
        var stuck = job with { Outbox = [job.Outbox[0] with { IsStuck = true }] };
        var unreadable = new UnreadableJob("id", job.Rollout, job.App, job.Environment, "why");

        var view = StuckView.Of([command], [stuck], [unreadable]);

        Properties("Stuck").ShouldBe(Keys(view), ignoreOrder: true);
        foreach (var (kind, items) in view)
        {
            Names("schemas", "Stuck", "properties", kind, "items", "properties")
                .ShouldBe(Keys(items!.AsArray().ShouldHaveSingleItem()), ignoreOrder: true);
        }
    }

    [Fact]
    public void An_announcement_has_the_described_fields() =>
        Properties("Announcement").ShouldBe(JobBody.Fields, ignoreOrder: true);

    [Theory]
    [InlineData(typeof(JobStatus), "Job", "status")]
    [InlineData(typeof(StepName), "Step", "name")]
    [InlineData(typeof(StepStatus), "Step", "status")]
    [InlineData(typeof(RollbackPath), "Rollback", "path")]
    [InlineData(typeof(GitState), "Rollback", "git")]
    [InlineData(typeof(AuthorRole), "Author", "role")]
    [InlineData(typeof(GateName), "Gate", "name")]
    public void Values_are_those_that_there_are(Type values, string schema, string property) =>
        Values(schema, property).ShouldBe(Enum.GetNames(values), ignoreOrder: true);

    [Fact]
    public void Where_a_Job_comes_from_is_told_but_for_baselines_which_nobody_sees() =>
        Values("Job", "source")
            .ShouldBe(Enum.GetNames<JobSource>().Except([nameof(JobSource.Baseline)]), ignoreOrder: true);

    private static List<string> Routes()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton<JobsApi>().AddSingleton<JobQueries>().AddSingleton<StuckQueries>();
        using var app = builder.Build();
        JobsApi.Map(app);
        return
        [
            .. from endpoint in ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)
            let route = (RouteEndpoint)endpoint
            from method in route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
            select $"{method} /{route.RoutePattern.RawText!.TrimStart('/')}",
        ];
    }

    private static YamlMappingNode Read()
    {
        using var text = new StreamReader(JobsApi.OpenApi());
        var yaml = new YamlStream();
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }

    private static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Children(params string[] path) =>
        ((YamlMappingNode)path.Aggregate((YamlNode)document, (node, key) => node[key])).Children;

    private static IEnumerable<string> Names(params string[] path) =>
        Children(["components", .. path]).Select(child => child.Key.ToString());

    private static IEnumerable<string> Properties(string schema) => Names("schemas", schema, "properties");

    private static IEnumerable<string> Values(string schema, string property) =>
        ((YamlSequenceNode)document["components"]["schemas"][schema]["properties"][property]["enum"]).Children.Select(
            value => value.ToString()
        );

    private static IEnumerable<string> Keys(JsonNode? node) => node!.AsObject().Select(property => property.Key);
}
