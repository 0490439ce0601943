using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Sandbox.World;

/// <summary>Somebody of the sandbox.</summary>
/// <param name="Name">Name in the catalog and in Slack.</param>
/// <param name="SlackId">Slack user id.</param>
/// <param name="Role">What makes this person interesting, in a few words.</param>
public sealed record SandboxPerson(string Name, string SlackId, string Role)
{
    /// <summary>GitHub login.</summary>
    public string GitHub => Name + "-gh";

    /// <summary>Of their commits.</summary>
    public string Email => Name + "@example.com";
}

/// <summary>Who is there, and where they talk.</summary>
public static class SandboxTeam
{
    /// <summary>May approve, and did not write the release.</summary>
    public static readonly SandboxPerson Alice = new("alice", "U01ALICE", "approver");

    /// <summary>May approve, but every release is his own.</summary>
    public static readonly SandboxPerson Bob = new("bob", "U02BOB", "author");

    /// <summary>Is in no team.</summary>
    public static readonly SandboxPerson Carol = new("carol", "U03CAROL", "not in the team");

    /// <summary>Everybody.</summary>
    public static IReadOnlyList<SandboxPerson> Everybody { get; } = [Alice, Bob, Carol];

    /// <summary>Id of the channel that gets the cards.</summary>
    public const string Channel = "C0RELEASES";

    /// <summary>Id of the team's user group.</summary>
    public const string Platform = "S0PLATFORM";

    /// <summary>Puts them into a workspace.</summary>
    public static void JoinSlack(SlackWorkspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        foreach (var person in Everybody)
        {
            workspace.Put(new SlackUser(person.SlackId, person.Name));
        }

        workspace.Put(new SlackUserGroup(Platform, "platform", [Alice.SlackId, Bob.SlackId]));
        workspace.Put(new SlackChannel(Channel, "releases"));
    }

    /// <summary>Says at GitHub whose commits are whose, and who is in the team.</summary>
    public static void JoinGitHub(GitHubDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        foreach (var person in Everybody)
        {
            directory.PutEmail(person.Email, person.GitHub);
        }

        directory.PutTeam("acme", "platform", Alice.GitHub, Bob.GitHub);
    }
}
