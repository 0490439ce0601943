using System.Text;

namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>An account.</summary>
/// <param name="Type"><c>User</c>, <c>Organization</c> or <c>Bot</c>.</param>
public sealed record GitHubUser(string Login, string Type)
{
    /// <summary>The same for a login in every run.</summary>
    public long Id { get; } = IdOf(Login);

    // FNV-1a: ids have to be the same again after a restart, and no more than that.
    private static long IdOf(string login)
    {
        var hash = 2166136261u;
        foreach (var letter in Encoding.UTF8.GetBytes(login.ToLowerInvariant()))
        {
            hash = unchecked((hash ^ letter) * 16777619u);
        }

        return 1 + (hash & 0x7fffffff);
    }
}

/// <summary>The accounts of a GitHub: who has which e-mail address, and who is in which team.</summary>
public sealed class GitHubDirectory
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, string> emails = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<string>> teams = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> organizations = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Says whose commits those with this address are.</summary>
    public void PutEmail(string email, string login)
    {
        lock (gate)
        {
            emails[email] = login;
        }
    }

    /// <summary>Creates a team or replaces its members.</summary>
    /// <param name="organization">Its login.</param>
    /// <param name="slug">Name in addresses.</param>
    /// <param name="logins">Its members.</param>
    public void PutTeam(string organization, string slug, params IEnumerable<string> logins)
    {
        lock (gate)
        {
            organizations.Add(organization);
            teams[$"{organization}/{slug}"] = [.. logins];
        }
    }

    /// <summary>Takes a team away.</summary>
    public void RemoveTeam(string organization, string slug)
    {
        lock (gate)
        {
            teams.Remove($"{organization}/{slug}");
        }
    }

    /// <summary>The members of a team; <c>null</c> when there is none.</summary>
    public IReadOnlyList<GitHubUser>? Members(string organization, string slug)
    {
        lock (gate)
        {
            return teams.GetValueOrDefault($"{organization}/{slug}")?.Select(Account).ToList();
        }
    }

    /// <summary>An account by its login; whoever is named here exists.</summary>
    public GitHubUser User(string login)
    {
        lock (gate)
        {
            return Account(login);
        }
    }

    /// <summary>Whose address it is; <c>null</c>: nobody's here.</summary>
    public GitHubUser? ByEmail(string email)
    {
        const string noReply = "@users.noreply.github.com";
        lock (gate)
        {
            return emails.TryGetValue(email, out var login) ? Account(login)
                : email.EndsWith(noReply, StringComparison.OrdinalIgnoreCase)
                    ? Account(email[..^noReply.Length].Split('+')[^1])
                : email == "noreply@github.com" ? Account("web-flow")
                : null;
        }
    }

    internal void AddOrganization(string login)
    {
        lock (gate)
        {
            organizations.Add(login);
        }
    }

    private GitHubUser Account(string login) =>
        new(
            login,
            organizations.Contains(login) ? "Organization"
                : login.EndsWith("[bot]", StringComparison.Ordinal) ? "Bot"
                : "User"
        );
}
