using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Action.Runner;
using Devflow.ChatOps.Action.Waiting;
using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.Action.Inputs;

/// <summary>Reads the whole request; every fault is found before anything is done.</summary>
public static partial class RequestReader
{
    /// <summary>The request, or the faults that are in the way of it.</summary>
    public static (ActionRequest? Request, IReadOnlyList<InputFault> Faults) Read(RunnerEnvironment runner)
    {
        var values = new InputValues(runner);
        var order = OrderOf(values, runner);
        var dryRun = order.DryRun;
        var request = new ActionRequest
        {
            Order = order,
            Access = AccessOf(values),
            Service = ServiceOf(values, runner, isNeeded: !dryRun),
            Wait = values.Choice(
                ActionInputs.Wait,
                ("none", WaitGoal.None),
                ("synced", WaitGoal.Synced),
                ("preview", WaitGoal.Preview),
                ("completed", WaitGoal.Completed)
            ),
            Timeout = TimeoutOf(values),
            FailOnSuperseded = values.Flag(ActionInputs.FailOnSuperseded),
        };
        if (order is { Path: not null, Images.Count: > 1 })
        {
            values.Fault(
                ActionInputs.YamlPath,
                "A path names the place of one image; leave it out, or release one image."
            );
        }

        if (request.Wait != WaitGoal.None && order.Mode == ReleaseMode.PullRequest)
        {
            values.Fault(ActionInputs.Wait, "A pull request is released when somebody merges it: wait: none.");
        }
        else if (request.Wait != WaitGoal.None && values.Text(ActionInputs.DevflowUrl).Length == 0)
        {
            values.Fault(
                ActionInputs.Wait,
                "Only the service knows how a release goes: give devflow-url, or wait: none."
            );
        }

        return values.Faults.Count == 0 ? (request, []) : (null, values.Faults);
    }

    private static ReleaseOrder OrderOf(InputValues values, RunnerEnvironment runner)
    {
        var files = values.Lines(ActionInputs.Files);
        return new ReleaseOrder
        {
            App = Name(values, ActionInputs.App),
            Environment = Name(values, ActionInputs.Environment),
            Images = ImageInputs.Read(values),
            WriteDigest = values.Flag(ActionInputs.WriteDigest),
            Repository = RepositoryOf(values, runner),
            Branch = BranchOf(values),
            Files = files is ["." or "./" or "/"] ? [] : files,
            Path = PathOf(values),
            Run = RunOf(values, runner),
            SourceCommit = SourceOf(values, runner),
            Actor = runner.Actor ?? "",
            MessageTemplate = values.Text(ActionInputs.Message),
            ForceReason = ForceOf(values),
            AllowOlder = values.Flag(ActionInputs.AllowOlder),
            Mode = values.Choice(
                ActionInputs.Mode,
                ("commit", ReleaseMode.Commit),
                ("pull-request", ReleaseMode.PullRequest)
            ),
            DryRun = values.Flag(ActionInputs.DryRun),
        };
    }

    private static string Name(InputValues values, ActionInput input)
    {
        var text = values.Text(input);
        if (text.Length > 100 || text.Any(char.IsControl))
        {
            values.Fault(input, "At most 100 characters on one line.");
        }

        return text;
    }

    private static string RepositoryOf(InputValues values, RunnerEnvironment runner)
    {
        var text = values.Text(ActionInputs.Repository) is { Length: > 0 } given ? given : runner.Repository ?? "";
        if (!RepositoryForm().IsMatch(text))
        {
            values.Fault(ActionInputs.Repository, $"Write owner/name, not {InputValues.Quote(text)}.");
        }

        return text;
    }

    private static string BranchOf(InputValues values)
    {
        const string prefix = "refs/heads/";
        var text = values.Text(ActionInputs.Branch);
        text = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;
        if (!BranchForm().IsMatch(text) || text.Contains("..", StringComparison.Ordinal))
        {
            values.Fault(ActionInputs.Branch, $"{InputValues.Quote(text)} is no name of a branch.");
        }

        return text;
    }

    private static YamlPath? PathOf(InputValues values)
    {
        var text = values.Text(ActionInputs.YamlPath);
        var path = text.Length == 0 ? null : YamlPath.TryParse(text);
        if (text.Length > 0 && path is null)
        {
            values.Fault(
                ActionInputs.YamlPath,
                $"{InputValues.Quote(text)} is no path: write spec.image, containers[0].image or images[name=my-app].newTag."
            );
        }

        return path;
    }

    private static RunIdentity RunOf(InputValues values, RunnerEnvironment runner)
    {
        T Needed<T>(string variable, T? value, T other)
            where T : struct
        {
            if (value is null)
            {
                values.Fault(variable, "The runner does not say it; the Action runs as a step of a workflow.");
            }

            return value ?? other;
        }

        if (runner.Workflow is null)
        {
            values.Fault("GITHUB_WORKFLOW_REF", "The runner does not say it; the Action runs as a step of a workflow.");
        }

        return new RunIdentity(
            Needed("GITHUB_REPOSITORY_ID", runner.RepositoryId, 0),
            runner.Workflow ?? "",
            Needed("GITHUB_RUN_NUMBER", runner.RunNumber, 0),
            Needed("GITHUB_RUN_ATTEMPT", runner.RunAttempt, 0)
        );
    }

    private static string? SourceOf(InputValues values, RunnerEnvironment runner)
    {
        var given = values.Text(ActionInputs.SourceCommit);
        if (given.Length > 0 && CommitSha.TryParse(given) is null)
        {
            values.Fault(ActionInputs.SourceCommit, "The id of a commit has 40 hexadecimal digits.");
        }

        try
        {
            var text = given.Length > 0 ? given : SourceOfEvent.Find(runner.EventPath) ?? runner.Sha;
            return CommitSha.TryParse(text)?.Value;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            values.Fault(
                "GITHUB_EVENT_PATH",
                $"The event cannot be read, so that its commit is not known; give source-commit. {fault.Message}"
            );
            return null;
        }
    }

    private static string? ForceOf(InputValues values)
    {
        var isForced = values.Flag(ActionInputs.Force);
        var reason = values.Text(ActionInputs.ForceReason);
        if (isForced && reason.Length == 0)
        {
            values.Fault(ActionInputs.ForceReason, "Say why it is forced; it is written into the commit.");
        }

        return isForced && reason.Length > 0 ? reason : null;
    }

    private static TimeSpan TimeoutOf(InputValues values)
    {
        var text = values.Text(ActionInputs.Timeout);
        if (DurationText.TryParse(text) is { } timeout)
        {
            return timeout;
        }

        values.Fault(ActionInputs.Timeout, $"Write 1s to 6h, as 90s, 30m or 1h30m, not {InputValues.Quote(text)}.");
        return DurationText.Longest;
    }

    private static Access AccessOf(InputValues values)
    {
        var (token, id, key) = (
            values.Text(ActionInputs.Token),
            values.Text(ActionInputs.AppId),
            PrivateKeyText.Of(values.Text(ActionInputs.PrivateKey))
        );
        if (id.Length == 0 && key.Length == 0)
        {
            if (token.Length == 0)
            {
                values.Fault(ActionInputs.Token, "Give a token, or app-id and private-key of a GitHub App.");
            }

            return new Access.Token(token);
        }

        if (id.Length == 0 || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')))
        {
            values.Fault(ActionInputs.AppId, "With private-key goes the App's id or client id.");
        }

        if (!IsPrivateKey(key))
        {
            values.Fault(
                ActionInputs.PrivateKey,
                "With app-id goes the App's private key, as the PEM file that GitHub gave."
            );
        }

        return new Access.App(id, key);
    }

    private static bool IsPrivateKey(string pem)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return rsa.ExportParameters(includePrivateParameters: true).D is not null;
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            return false;
        }
    }

    private static ServiceAccess? ServiceOf(InputValues values, RunnerEnvironment runner, bool isNeeded)
    {
        var (text, audience) = (values.Text(ActionInputs.DevflowUrl), values.Text(ActionInputs.Audience));
        if (text.Length == 0)
        {
            return null;
        }

        if (
            !Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address)
            || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            || address.UserInfo.Length > 0
            || address.Query.Length > 0
        )
        {
            values.Fault(ActionInputs.DevflowUrl, "Write https://host/path; a token is sent there.");
            return null;
        }

        if (!isNeeded)
        {
            return null;
        }

        if (runner.TokenRequestUrl is not { } url || runner.TokenRequestToken is not { } token)
        {
            values.Fault(
                ActionInputs.DevflowUrl,
                "The service wants an OIDC token: give the job permissions: id-token: write. Pull requests from forks get none."
            );
            return null;
        }

        if (runner.RunId is not { } run)
        {
            values.Fault("GITHUB_RUN_ID", "The runner does not say it; the Action runs as a step of a workflow.");
            return null;
        }

        return new ServiceAccess(address, audience, url, token, run);
    }

    [GeneratedRegex(@"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+\z")]
    private static partial Regex RepositoryForm();

    // What Git refuses in names: https://git-scm.com/docs/git-check-ref-format.
    [GeneratedRegex(@"^[^\s~^:?*\[\\\x00-\x1f\x7f/.][^\s~^:?*\[\\\x00-\x1f\x7f]*\z")]
    private static partial Regex BranchForm();
}
