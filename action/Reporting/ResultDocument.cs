using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Devflow.ChatOps.Action.Reporting;

/// <summary>
/// The output <c>result</c>. Fields are only ever added within a schema version; what is not known is left out.
/// </summary>
public sealed record ResultDocument
{
    /// <summary>Goes up when a field changes its meaning or goes away.</summary>
    public const int Version = 1;

    public int SchemaVersion { get; init; } = Version;
    public required string Decision { get; init; }
    public required bool Changed { get; init; }
    public required string ReasonCode { get; init; }
    public required string Message { get; init; }
    public required int ExitCode { get; init; }
    public string? App { get; init; }
    public string? Environment { get; init; }
    public IReadOnlyList<string>? Images { get; init; }
    public string? Repository { get; init; }
    public string? Branch { get; init; }
    public string? CommitSha { get; init; }
    public ResultPullRequest? PullRequest { get; init; }
    public IReadOnlyList<ResultFile>? Files { get; init; }
    public ResultJob? Job { get; init; }
    public IReadOnlyList<ResultFault>? Faults { get; init; }

    public static ResultDocument Of(RunReport report)
    {
        var order = report.Request?.Order;
        var faults = FaultsOf(report);
        return new ResultDocument
        {
            Decision = report.Decision,
            Changed = report.IsChanged,
            ReasonCode = report.Code,
            Message = report.Message,
            ExitCode = (int)report.Exit,
            App = order?.App,
            Environment = order?.Environment,
            Images = order is null ? null : [.. order.Images.Select(image => image.Reference(image.Name))],
            Repository = order?.Repository,
            Branch = order?.Branch,
            CommitSha = report.Commit?.Value,
            PullRequest = report.PullRequest is { } it ? new ResultPullRequest(it.Number, it.Url.ToString()) : null,
            Files =
                report.Changes.Count == 0
                    ? null
                    :
                    [
                        .. report.Changes.Select(change => new ResultFile(
                            change.Path,
                            [.. change.Places.Select(place => new ResultPlace(place.Where, place.Line, place.Before))]
                        )),
                    ],
            Job = report.Job is { } job
                ? new ResultJob(
                    job.Id,
                    job.Status,
                    job.Message,
                    [.. job.Steps.Select(step => new ResultStep(step.Name, step.Status))]
                )
                : null,
            Faults = faults.Count == 0 ? null : faults,
        };
    }

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ResultJson.Readable().ResultDocument);

    private static IReadOnlyList<ResultFault> FaultsOf(RunReport report) =>
        report.Outcome is GitOps.Releasing.ReleaseOutcome.Failed failed
            ?
            [
                .. failed.Faults.Select(fault => new ResultFault(fault.Message)
                {
                    Path = fault.Path,
                    Line = fault.Line,
                    Column = fault.Column,
                }),
            ]
            : [.. report.Faults.Select(fault => new ResultFault(fault.Message) { Input = fault.Input })];
}

public sealed record ResultPullRequest(int Number, string Url);

/// <param name="Places">The places that name the image.</param>
public sealed record ResultFile(string Path, IReadOnlyList<ResultPlace> Places);

/// <param name="Line">Before the change, from 1.</param>
/// <param name="Before">What stood there.</param>
public sealed record ResultPlace(string Where, int Line, string Before);

public sealed record ResultJob(string Id, string Status, string Message, IReadOnlyList<ResultStep> Steps);

public sealed record ResultStep(string Name, string Status);

/// <summary>A fault of an input, or of a place in a file.</summary>
public sealed record ResultFault(string Message)
{
    public string? Input { get; init; }
    public string? Path { get; init; }
    public int? Line { get; init; }
    public int? Column { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ResultDocument))]
internal sealed partial class ResultJson : JsonSerializerContext
{
    /// <summary>Letters stay letters; it is for a file, not for a page.</summary>
    public static ResultJson Readable() =>
        new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
