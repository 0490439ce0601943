using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

public sealed class GoTemplateTests
{
    [Theory]
    [InlineData("{{ toJson .rollout.name }}", "\"web\"")]
    [InlineData("{{ .rollout.name | toJson }}", "\"web\"")]
    [InlineData("{{toJson .rollout.name}}", "\"web\"")]
    [InlineData("{\"a\":{{ toJson .rollout.name }}}", "{\"a\":\"web\"}")]
    [InlineData("{{ toJson .rollout.markup }}", "\"\\u003Ca \\u0026 b\\u003E\"")]
    [InlineData("{{ toJson .rollout.list }}", "[1,true,null]")]
    [InlineData("no action", "no action")]
    public void Renders_what_go_renders(string template, string expected) =>
        GoTemplate.Render(template, Variables()).ShouldBe(expected);

    [Theory]
    [InlineData("{{ toJson .rollout.missing }}")]
    [InlineData("{{ toJson .rollout.missing.below.it }}")]
    [InlineData("{{ toJson .missing.below }}")]
    [InlineData("{{ toJson .rollout.nothing }}")]
    public void Nothing_is_null_in_json(string template) => GoTemplate.Render(template, Variables()).ShouldBe("null");

    [Theory]
    [InlineData("{{ toJson .rollout.nothing.below }}")]
    [InlineData("{{ toJson .rollout.name.below }}")]
    [InlineData("{{ toJson .rollout.list.below }}")]
    public void A_field_of_what_has_no_fields_stops_the_rendering(string template) =>
        Should.Throw<GoTemplateException>(() => GoTemplate.Render(template, Variables()));

    [Theory]
    [InlineData("{{ .rollout.name }}")]
    [InlineData("{{ toJson .rollout.name | quote }}")]
    [InlineData("{{ if .rollout }}x{{ end }}")]
    [InlineData("{{- toJson .rollout.name -}}")]
    [InlineData("{{ toJson . }}")]
    [InlineData("{{ toJson (index .rollout.list 0) }}")]
    [InlineData("{{ toPrettyJson .rollout }}")]
    [InlineData("{{ toJson .rollout.name")]
    [InlineData("{{}}")]
    public void What_it_does_not_know_is_refused(string template) =>
        Should.Throw<GoTemplateException>(() => GoTemplate.Render(template, Variables()));

    [Fact]
    public void Text_that_comes_out_of_a_value_is_not_rendered_again() =>
        GoTemplate
            .Render("{{ toJson .v }}", new JsonObject { ["v"] = "{{ toJson .secrets }}" })
            .ShouldBe("\"{{ toJson .secrets }}\"");

    private static JsonObject Variables() =>
        new()
        {
            ["rollout"] = new JsonObject
            {
                ["name"] = "web",
                ["markup"] = "<a & b>",
                ["list"] = new JsonArray(1, true, null),
                ["nothing"] = null,
            },
        };
}
