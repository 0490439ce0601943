using System.Text;
using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.GitOps.Reverting;
using Devflow.ChatOps.Tests.GitOps.Releasing;

namespace Devflow.ChatOps.Tests.GitOps.Reverting;

/// <summary>The rollback of version 1.1.0 to 1.0.0, and what stands in Git before and after it.</summary>
internal static class RevertSamples
{
    public const string Folder = "apps/shop/production";
    public const string Settings = $"{Folder}/settings.env";

    /// <param name="commit">What brought 1.1.0; <c>null</c> when that is not known.</param>
    public static RevertOrder RevertOf(string? commit) =>
        new()
        {
            Id = "job-1",
            Repository = ReleaseWorld.Repository,
            Branch = "main",
            Path = Folder,
            App = "shop",
            Environment = "production",
            Target = ImageReference.TryParse("registry.example.com/shop:1.0.0")!,
            Bad = ImageReference.TryParse("registry.example.com/shop:1.1.0"),
            Commit = CommitSha.TryParse(commit),
            Reason = "it is slow",
            Actor = "alice",
        };

    public static Task<RevertOutcome> RevertAsync(ReleaseWorld world, RevertOrder order) =>
        new Reverter(world.Host()).RunAsync(order, ReleaseWorld.Cancellation);

    /// <summary>Somebody pushes.</summary>
    /// <returns>The commit.</returns>
    public static string Commit(ReleaseWorld world, params (string Path, string? Content)[] files) =>
        Say(world, "Change", files);

    /// <summary>Somebody pushes, and says this.</summary>
    /// <returns>The commit.</returns>
    public static string Say(ReleaseWorld world, string message, params (string Path, string? Content)[] files) =>
        world.GitOps.Commit("main", message, [.. files.Select(file => KeyValuePair.Create(file.Path, file.Content))]);

    /// <summary>The message of the last commit.</summary>
    public static string Head(ReleaseWorld world) => world.GitOps.Git.Commit(world.GitOps.Git.Head("main")!)!.Message;

    public static Dictionary<string, string> Files(ReleaseWorld world)
    {
        var git = world.GitOps.Git;
        return git.Walk(git.Commit(git.Head("main")!)!.Tree, "")
            .Where(file => !file.Entry.IsTree)
            .ToDictionary(file => file.Path, file => Encoding.UTF8.GetString(git.Blob(file.Entry.Id)!));
    }
}
