namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>A request as it arrived.</summary>
/// <param name="Number">From 1, in order of arrival.</param>
/// <param name="Path">Without the query.</param>
/// <param name="Query">With its question mark; empty if there is none.</param>
/// <param name="Body">As text.</param>
/// <param name="Login">Who asked; null: nobody that is known.</param>
public sealed record GitHubCall(int Number, string Method, string Path, string Query, string Body, string? Login)
{
    /// <summary>Whether it is GraphQL.</summary>
    public bool IsGraphQl => Path == "/graphql";

    /// <summary>Whether it changes a branch.</summary>
    public bool MovesBranch =>
        (
            IsGraphQl
            && (
                Body.Contains("createCommitOnBranch", StringComparison.Ordinal)
                || Body.Contains("updateRefs", StringComparison.Ordinal)
            )
        ) || (Method is "PATCH" or "POST" && Path.Contains("/git/refs", StringComparison.Ordinal));

    public override string ToString() => $"{Method} {Path}{Query}";
}

/// <summary>A request and the status it was answered with; 0 when the connection was cut.</summary>
public sealed record GitHubCallEnd(GitHubCall Call, int Status);

/// <summary>What was asked of the stand-in, in order. Thread-safe.</summary>
public sealed class GitHubCallLog
{
    private readonly Lock gate = new();
    private readonly List<GitHubCall> calls = [];
    private readonly List<GitHubCallEnd> ends = [];

    /// <summary>Every request so far.</summary>
    public IReadOnlyList<GitHubCall> Calls
    {
        get
        {
            lock (gate)
            {
                return [.. calls];
            }
        }
    }

    /// <summary>Every finished request, in order of its end.</summary>
    public IReadOnlyList<GitHubCallEnd> Ends
    {
        get
        {
            lock (gate)
            {
                return [.. ends];
            }
        }
    }

    /// <summary>Forgets what was logged.</summary>
    public void Clear()
    {
        lock (gate)
        {
            calls.Clear();
            ends.Clear();
        }
    }

    internal GitHubCall Begin(string method, string path, string query, string body, string? login)
    {
        lock (gate)
        {
            var call = new GitHubCall(calls.Count + 1, method, path, query, body, login);
            calls.Add(call);
            return call;
        }
    }

    internal void End(GitHubCall call, int status)
    {
        lock (gate)
        {
            ends.Add(new GitHubCallEnd(call, status));
        }
    }
}
