using Devflow.ChatOps.Sandbox.GitHub.Checks;
using Devflow.ChatOps.Sandbox.GitHub.Hooks;

namespace Devflow.ChatOps.Sandbox.GitHub.People;

/// <summary>People at GitHub's pages, and what their clicks cause.</summary>
public sealed class GitHubPeople(GitHubWorld world)
{
    /// <summary>
    /// Somebody presses a button of a check run. GitHub tells the App that made the run who it was, and leaves it to the App
    /// to know who may.
    /// </summary>
    /// <param name="login">Who.</param>
    /// <param name="seen">The run as it was on the screen; what is sent says how it is by now.</param>
    /// <param name="identifier">Of the button.</param>
    /// <param name="forgery">What is wrong with the event.</param>
    /// <exception cref="InvalidOperationException">There is no such button on the screen, or nobody is told of it.</exception>
    public Task<GitHubDelivery> PressAsync(
        string login,
        GitHubCheckRun seen,
        string identifier,
        GitHubForgery? forgery = null
    )
    {
        if (seen.Buttons.All(button => button.Identifier != identifier))
        {
            throw new InvalidOperationException($"{seen.Name} shows no button {identifier}.");
        }

        var (repository, run, app) = Find(seen);
        var payload = HookPayloads.CheckRun(repository, run, "requested_action", app, login, identifier);
        return world.Hooks.SendAsync(app, "check_run", payload, forgery);
    }

    /// <summary>Somebody presses "Re-run" beside a check run.</summary>
    /// <exception cref="InvalidOperationException">There is no such button on the screen, or nobody is told of it.</exception>
    public Task<GitHubDelivery> RerequestAsync(string login, GitHubCheckRun seen)
    {
        if (!seen.IsCompleted)
        {
            throw new InvalidOperationException($"{seen.Name} cannot be asked for again while it is under way.");
        }

        var (repository, run, app) = Find(seen);
        return world.Hooks.SendAsync(
            app,
            "check_run",
            HookPayloads.CheckRun(repository, run, "rerequested", app, login)
        );
    }

    private (GitHubRepository, GitHubCheckRun, GitHubApp) Find(GitHubCheckRun seen)
    {
        var repository =
            world.Repository(seen.Repository)
            ?? throw new InvalidOperationException($"{seen.Repository} is not there any more.");
        var app = world.Apps.FirstOrDefault(app =>
            app.Id == seen.AppId
            && app.Repositories.Contains(seen.Repository)
            && app.Permissions.Checks == GitHubAccess.Write
        );
        return (
            repository,
            repository.Checks.Find(seen.Id) ?? seen,
            app ?? throw new InvalidOperationException($"The App that made {seen.Name} is not installed any more.")
        );
    }
}
