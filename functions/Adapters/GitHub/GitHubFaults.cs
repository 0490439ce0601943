using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>What the faults of <c>gitops/</c> mean to the service.</summary>
internal static class GitHubFaults
{
    public static GitHubFault Of(GitHostException fault) =>
        new(
            fault.Code switch
            {
                ReleaseCodes.RateLimited => GitHubFaultKind.RateLimited,
                ReleaseCodes.RepositoryNotFound => GitHubFaultKind.NotFound,
                ReleaseCodes.BadCredentials or ReleaseCodes.PermissionMissing or ReleaseCodes.AppNotInstalled =>
                    GitHubFaultKind.NotAuthorized,
                _ when fault.IsPassing => GitHubFaultKind.Unavailable,
                _ => GitHubFaultKind.Refused,
            },
            fault.Message,
            fault.RetryAfter
        );
}
