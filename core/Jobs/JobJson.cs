using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>
/// The stored form of Jobs, commands, locks and audit entries: <c>{"schema":1,"document":{…}}</c>. Members may be added
/// with a default, and old documents are read with it; any other change raises <see cref="Schema"/>. Instances of two
/// versions run at the same time while a new one is rolled out: members that this one does not know, of Jobs, their
/// releases, requests, contents and rollbacks, and of commands, survive its saves (<see cref="Job.NewerMembers"/>); a member added anywhere else
/// that must survive raises <see cref="Schema"/> too. What cannot be is refused with <see cref="StoredStateException"/>.
/// </summary>
public static class JobJson
{
    /// <summary>What this program writes, and the newest that it reads.</summary>
    public const int Schema = 1;

    // Metadata comes from reflection: generated metadata gives members that a document lacks default(T) instead of
    // the value of their initializer, and then old documents would be read with nulls.
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        // Documents are never put into HTML; the default escapes would double the size of other scripts' text.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        IgnoreReadOnlyProperties = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        // Document databases do not all keep the order of members.
        AllowOutOfOrderMetadataProperties = true,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new TextConverter<JobId>(text => JobId.TryParse(text) ?? throw new FormatException("not a Job id")),
            new TextConverter<PodHash>(text => new PodHash(text)),
            new TextConverter<RolloutRef>(RolloutRef.Parse),
        },
    };

    public static string Write(Job job) => WriteDocument(job);

    public static string Write(Command command) => WriteDocument(command);

    public static string Write(ReleaseLock held) => WriteDocument(held);

    public static string Write(AuditEntry entry) => WriteDocument(entry);

    /// <exception cref="StoredStateException">It is not a Job that can be, or a newer program wrote it.</exception>
    public static Job ReadJob(string json)
    {
        var job = ReadDocument<Job>(json);
        return Impossible(job) is { } why ? throw new StoredStateException($"Stored Job {job.Id}: {why}.") : job;
    }

    /// <inheritdoc cref="ReadJob"/>
    public static Command ReadCommand(string json) => ReadDocument<Command>(json);

    /// <inheritdoc cref="ReadJob"/>
    public static ReleaseLock ReadLock(string json) => ReadDocument<ReleaseLock>(json);

    /// <inheritdoc cref="ReadJob"/>
    public static AuditEntry ReadAudit(string json) => ReadDocument<AuditEntry>(json);

    private static string WriteDocument<T>(T document) =>
        JsonSerializer.Serialize(new Stored<T>(Schema, document), s_options);

    private static T ReadDocument<T>(string json)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            var schema = parsed.RootElement.GetProperty("schema").GetInt32();
            if (schema > Schema)
            {
                throw new StoredStateException(
                    $"A stored {typeof(T).Name} has schema {schema}, and this program reads up to {Schema}: "
                        + "a newer version wrote it. Start that version."
                );
            }

            return parsed.RootElement.GetProperty("document").Deserialize<T>(s_options)
                ?? throw new StoredStateException($"A stored {typeof(T).Name} is null.");
        }
        // A constructor that refuses its arguments says so with ArgumentException, a missing envelope with the others.
        catch (Exception fault)
            when (fault
                    is JsonException
                        or FormatException
                        or ArgumentException
                        or KeyNotFoundException
                        or InvalidOperationException
            )
        {
            throw new StoredStateException($"A stored {typeof(T).Name} cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>Why this Job contradicts itself; null when it does not.</summary>
    private static string? Impossible(Job job) =>
        job switch
        {
            { Version: < 0 } => "its version is negative",
            { Release: null, Status: JobStatus.AwaitingApproval or JobStatus.Succeeded } =>
                $"it is {job.Status} and not bound to a pod hash",
            { Rollback: null, Status: JobStatus.RollingBack or JobStatus.RolledBack } =>
                $"it is {job.Status} and says nothing about its rollback",
            { Release: { } release } when release.Steps.IsDefault || !InOrder(release.Steps) =>
                "its release has not the six steps in order",
            { Release.Hash.IsNone: true } => "its release has no pod hash",
            { Release.Attempt: < 1 } => "its attempt is less than 1",
            _ when HasNoList(job) => "one of its lists is null",
            _ => null,
        };

    private static bool InOrder(ImmutableArray<Step> steps) =>
        steps.Select(step => step.Name).SequenceEqual(Enum.GetValues<StepName>());

    private static bool HasNoList(Job job) =>
        job.Images.IsDefault
        || job.BaseImages.IsDefault
        || job.Votes.IsDefault
        || job.Timeline.IsDefault
        || job.Outbox.IsDefault
        || job.AppliedCommands.IsDefault
        || job.Contents is { } contents
            && (
                contents.Commits.IsDefault
                || contents.Pulls.IsDefault
                || contents.GitOpsCommits.IsDefault
                || contents.Files.IsDefault
                || contents.Files.Any(file => file.Lines.IsDefault)
            )
        || (job.Comments?.Known.IsDefault ?? false)
        || (job.Rollback?.TargetImages.IsDefault ?? false)
        || (job.FormerRollback?.TargetImages.IsDefault ?? false);

    private sealed record Stored<T>(int Schema, T Document);

    /// <summary>Identifiers are written as the text that they print.</summary>
    private sealed class TextConverter<T>(Func<string, T> parse) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            parse(reader.GetString() ?? throw new FormatException($"{typeof(T).Name} is null"));

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value!.ToString());
    }
}
