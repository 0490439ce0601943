using Devflow.ChatOps.Action.Service;
using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;

namespace Devflow.ChatOps.Tests.Action.Service;

public sealed class EarlierJobTests
{
    private static readonly ImageRelease image = new(ImageName.TryParse("registry.example.com/my-app")!, "v2", null);

    [Theory]
    [InlineData("Pending", "head", null, true)]
    [InlineData("Succeeded", "other", "registry.example.com/my-app:v2", true)]
    [InlineData("AwaitingApproval", null, "registry.example.com/my-app:v2", true)]
    [InlineData("Failed", "head", null, true)]
    [InlineData("AwaitingApproval", "other", "registry.example.com/my-app:v1", false)]
    [InlineData("RolledBack", "head", null, false)]
    [InlineData("Cancelled", "head", null, false)]
    [InlineData("NoChange", "head", null, false)]
    [InlineData("Superseded", "head", null, false)]
    public void A_Job_of_the_same_commit_or_image_is_this_release(
        string status,
        string? commit,
        string? there,
        bool isIt
    )
    {
        var job = Job("1", status, commit, there);
        EarlierJob.Find([job], image, "head").ShouldBe(isIt ? job : null);
    }

    [Fact]
    public void An_older_one_behind_another_release_is_not()
    {
        var other = Job("2", "Running", "other", "registry.example.com/my-app:v3");
        EarlierJob.Find([other, Job("1", "Succeeded", "head", null)], image, "head").ShouldBeNull();
        EarlierJob.Find([], image, "head").ShouldBeNull();
    }

    private static JobView Job(string id, string status, string? commit, string? there) =>
        new()
        {
            Id = id,
            Status = status,
            GitopsCommit = commit,
            Images = there is null ? [] : [there],
        };
}
