using System.Collections.Immutable;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>What GitHub tells of a release, and the releases that it is told of.</summary>
internal static class ContentsAnswers
{
    public static readonly GitPerson Dave = new("dave-gh", "Dave", "dave@example.com");
    public static readonly GitPerson WebFlow = new("web-flow", "GitHub", "noreply@github.com");

    public static GitPerson Of(string who) =>
        who switch
        {
            "dave" => Dave,
            "webFlow" => WebFlow,
            "bot" => new("release-bot[bot]", "release-bot[bot]", "2+release-bot[bot]@users.noreply.github.com"),
            "stranger" => new(null, "Mallory", "mallory@example.com"),
            _ => new($"{who}-gh", who, $"{who}@example.com"),
        };

    /// <summary>A commit by dave.</summary>
    public static GitCommit Commit(string sha) => new(sha, "A change", Dave, WebFlow);

    /// <summary>That the release brings one commit, by dave, without a pull request.</summary>
    public static Contributions Told(string sha) =>
        new(
            new GitComparison([Commit(sha)], 1, 0),
            new Dictionary<string, ImmutableArray<int>>(),
            new Dictionary<int, GitPull>()
        );

    /// <summary>That this commit asks for the release, and changes nothing but the image.</summary>
    public static GitHubAnswer<GitOpsChanges>.Ok Asked(GitCommit commit) =>
        new(JobWorld.GitOpsTold(new GitChange(commit, [], false)));

    /// <summary>A version waits for approval where GitHub could tell who made it.</summary>
    public static void WaitsFor(this JobWorld world, int version, string? workflowCommit = null, bool withGitOps = true)
    {
        world.AsksGitHub = true;
        world.AnnounceSource(version, workflowCommit, withGitOps);
        world.Release(version);
        world.Pause();
    }

    /// <summary>A version was announced, GitHub has told of its commit by dave, and it is live.</summary>
    public static void ToldAndLive(this JobWorld world, int version)
    {
        world.AnnounceSource(version);
        world.Release(version);
        world.Tell(Told("c1"));
        world.Pause();
        world.Promote().IsOk.ShouldBeTrue();
        world.GoLive();
    }

    /// <summary>Version 2 waits for approval, and GitHub has told of its commit by dave and of the one that asks for it.</summary>
    public static void WaitsWithGitOpsBy(this JobWorld world, GitCommit gitOps, bool commitsFirst = true)
    {
        world.WaitsFor(2);
        ContentsAnswer[] answers =
        [
            new(new GitHubAnswer<Contributions>.Ok(Told("c1")), null),
            new(null, Asked(gitOps)),
        ];
        foreach (var answer in commitsFirst ? answers : answers.Reverse())
        {
            world.Tell(answer);
        }
    }
}
