using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Runner;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Action.GitHub;

/// <summary>Opens the GitOps repository as the request wants it.</summary>
internal sealed class GitHubAccess(RunnerEnvironment runner, WorkflowLog log, TimeProvider clock)
{
    /// <exception cref="GitHostException">GitHub gives the App no token.</exception>
    public async Task<IReleaseCommitter> OpenAsync(ActionRequest request, CancellationToken stop)
    {
        var token = await TokenAsync(request, stop);
        var gitHub = new GitHubConnection(runner.ApiUrl, GraphQL, () => Task.FromResult(token), clock);
        return new ReleaseCommitter(runner.GraphQLUrl is null ? new RestHost(gitHub) : new GitHubHost(gitHub), clock)
        {
            Say = log.Line,
        };
    }

    /// <summary>Not asked where there is none.</summary>
    private Uri GraphQL => runner.GraphQLUrl ?? new Uri(runner.ApiUrl, "graphql");

    private async Task<string> TokenAsync(ActionRequest request, CancellationToken stop)
    {
        switch (request.Access)
        {
            case Access.Token(var given):
                return given;
            case Access.App(var id, var key):
                var (repository, mode) = (request.Order.Repository, request.Order.Mode);
                var tokens = new AppTokens(runner.ApiUrl, GraphQL, clock, ReleaseCommitter.LongestRateLimit)
                {
                    Say = log.Line,
                };
                var token = await tokens.CreateAsync(new AppCredentials(id, key), repository, mode, stop);
                log.Mask(token.Value);
                return token.Value;
            default:
                throw new InvalidOperationException("Access of no kind.");
        }
    }
}
