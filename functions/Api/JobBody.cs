using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Functions.Hosting;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>The body of <c>POST /api/jobs</c>, parsed strictly: what is not understood is refused, not dropped.</summary>
public sealed partial record JobBody(string App, string Environment, ReleaseRequest Request, string Hash)
{
    private const int LongestText = 500;
    private const int DepthLimit = 4;

    /// <summary>The fields of the body.</summary>
    internal static readonly IReadOnlySet<string> Fields = new HashSet<string>(StringComparer.Ordinal)
    {
        "app",
        "environment",
        "image",
        "tag",
        "digest",
        "gitopsRepository",
        "gitopsCommit",
        "gitopsParent",
        "sourceCommit",
        "runId",
        "runAttempt",
        "actor",
    };

    /// <summary>The body, or one sentence that names what is wrong and where.</summary>
    public static (JobBody? Body, string Problem) Parse(byte[] json)
    {
        Dictionary<string, JsonElement> fields;
        try
        {
            using var document = RequestJson.Parse(json, DepthLimit);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return (null, "Expected an object.");
            }

            fields = [];
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (!Fields.Contains(property.Name))
                {
                    return (null, $"Unknown field “{Core.Messages.Plain.OneLine(property.Name, 60)}”.");
                }

                if (!fields.TryAdd(property.Name, property.Value.Clone()))
                {
                    return (null, $"{property.Name} is there twice.");
                }
            }
        }
        catch (JsonException fault)
        {
            return (null, RequestJson.Describe(fault));
        }

        return Read(fields, Convert.ToHexStringLower(SHA256.HashData(json)));
    }

    private static (JobBody? Body, string Problem) Read(Dictionary<string, JsonElement> fields, string hash)
    {
        var problem = "";
        string? Text(string name, Func<string, bool>? isOfForm = null, bool needed = false)
        {
            if (!fields.TryGetValue(name, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                problem = needed && problem.Length == 0 ? $"{name} is missing." : problem;
                return null;
            }

            var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : null;
            if (text is not { Length: > 0 and <= LongestText } || isOfForm?.Invoke(text) == false)
            {
                problem = problem.Length == 0 ? $"{name} is not of its form." : problem;
                return null;
            }

            return text;
        }

        int? attempt = null;
        if (fields.TryGetValue("runAttempt", out var number) && number.ValueKind != JsonValueKind.Null)
        {
            var isCount = number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out _);
            attempt = isCount ? number.GetInt32() : null;
            problem = attempt is > 0 ? problem : "runAttempt is not of its form.";
        }

        var app = Text("app", needed: true);
        var environment = Text("environment", needed: true);
        var request = new ReleaseRequest(Text("image", IsImage, needed: true) ?? "")
        {
            Tag = Text("tag", ImageReference.IsTag),
            Digest = Text("digest", ImageReference.IsDigest),
            GitOpsRepository = Text("gitopsRepository", Repository().IsMatch),
            GitOpsCommit = Text("gitopsCommit", Commit().IsMatch),
            GitOpsParent = Text("gitopsParent", Commit().IsMatch),
            SourceCommit = Text("sourceCommit", Commit().IsMatch),
            RunId = Text("runId", Number().IsMatch),
            RunAttempt = attempt,
        };
        Text("actor");
        if (problem.Length == 0 && request is { Tag: null, Digest: null })
        {
            problem = "tag or digest is missing.";
        }

        return problem.Length == 0 ? (new JobBody(app!, environment!, request, hash), "") : (null, problem);
    }

    /// <summary>Whether this is a commit's whole name.</summary>
    internal static bool IsCommit(string text) => Commit().IsMatch(text);

    // The Action writes what this says is an image: both ask the same parser.
    private static bool IsImage(string text) => ImageName.TryParse(text) is not null;

    [GeneratedRegex(@"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+\z")]
    private static partial Regex Repository();

    [GeneratedRegex(@"^[0-9a-f]{40}([0-9a-f]{24})?\z")]
    private static partial Regex Commit();

    [GeneratedRegex(@"^[0-9]{1,20}\z")]
    private static partial Regex Number();
}
