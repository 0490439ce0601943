using Devflow.ChatOps.Functions.Adapters.GitHub;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

/// <summary>The service as an App of the stand-in.</summary>
internal static class ServiceApp
{
    public static InstallationTokens TokensOf(this GitHubApi api, GitHubApp app, TimeProvider time) =>
        new(new AppCredentials($"{app.Id}", app.PrivateKey), api.Address, api.GraphQlAddress, time);

    public static GitHubAppAccess AccessOf(this GitHubApi api, GitHubApp app, TimeProvider time) =>
        new(() => api.TokensOf(app, time), new GitHubLimits(time), time);
}
