namespace Devflow.ChatOps.Sandbox.GitHub.Limits;

/// <summary>What is left of the primary limit.</summary>
internal sealed record GitHubAllowance(int Limit, int Used, DateTimeOffset Reset)
{
    public int Remaining => Math.Max(Limit - Used, 0);
}

/// <summary>Counts what the installations of Apps ask for. Thread-safe.</summary>
internal sealed class GitHubMeter(GitHubApi api)
{
    private static readonly TimeSpan minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan hour = TimeSpan.FromHours(1);
    private readonly Lock gate = new();
    private readonly Dictionary<long, Account> accounts = [];

    /// <summary>Counts a request.</summary>
    /// <returns>What is left; null for those who are not counted.</returns>
    /// <exception cref="GitHubRefusalException">It is one too many.</exception>
    public GitHubAllowance? Take(GitHubToken? token, string method, string path, string body)
    {
        if (token?.App is not { } app)
        {
            return null;
        }

        var isGraphQl = path == "/graphql";
        var isWrite = isGraphQl ? body.Contains("mutation", StringComparison.Ordinal) : method is not ("GET" or "HEAD");
        // Blobs and trees are nothing that anybody sees.
        var isCreating =
            isWrite
            && !path.Contains("/git/blobs", StringComparison.Ordinal)
            && !path.Contains("/git/trees", StringComparison.Ordinal);
        lock (gate)
        {
            var now = api.World.Time.GetUtcNow();
            if (!accounts.TryGetValue(app.InstallationId, out var account))
            {
                accounts[app.InstallationId] = account = new Account();
            }

            account.Forget(now);
            var quotas = api.Quotas;
            if (account.Used >= quotas.RequestsPerHour)
            {
                throw new GitHubRefusalException(
                    403,
                    $"API rate limit exceeded for installation ID {app.InstallationId}."
                );
            }

            account.Begin(now);
            account.Points.Add((now, isWrite ? 5 : 1));
            if (isCreating)
            {
                account.Created.Add(now);
            }

            var recent = account.Created.Count(at => at > now - minute);
            if (
                account.Points.Sum(point => point.Points) > quotas.PointsPerMinute
                || recent > quotas.CreatedPerMinute
                || account.Created.Count > quotas.CreatedPerHour
            )
            {
                throw GitHubRefusalException.TooFast(403, minute);
            }

            return Left(account, quotas);
        }
    }

    /// <summary>Gives a request back: it was answered "as before".</summary>
    public GitHubAllowance? GiveBack(GitHubToken? token)
    {
        lock (gate)
        {
            if (token?.App is not { } app || !accounts.TryGetValue(app.InstallationId, out var account))
            {
                return null;
            }

            account.Used--;
            return Left(account, api.Quotas);
        }
    }

    /// <summary>What is left, counting nothing.</summary>
    public GitHubAllowance? Look(GitHubToken? token)
    {
        lock (gate)
        {
            return token?.App is { } app && accounts.TryGetValue(app.InstallationId, out var account)
                ? Left(account, api.Quotas)
                : null;
        }
    }

    private static GitHubAllowance Left(Account account, GitHubQuotas quotas) =>
        new(quotas.RequestsPerHour, account.Used, account.Since + hour);

    private sealed class Account
    {
        public int Used { get; set; }

        public DateTimeOffset Since { get; private set; }

        public List<(DateTimeOffset At, int Points)> Points { get; } = [];

        public List<DateTimeOffset> Created { get; } = [];

        public void Begin(DateTimeOffset now)
        {
            if (Used == 0)
            {
                Since = now;
            }

            Used++;
        }

        public void Forget(DateTimeOffset now)
        {
            if (now >= Since + hour)
            {
                Used = 0;
            }

            Points.RemoveAll(point => point.At <= now - minute);
            Created.RemoveAll(at => at <= now - hour);
        }
    }
}
