using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>One open pull request per branch (https://docs.github.com/en/rest/pulls/pulls).</summary>
internal sealed class PullRequests(GitHubConnection gitHub)
{
    /// <summary>Opens it, or brings the open one up to date.</summary>
    /// <exception cref="GitHostException">Refused, or no answer.</exception>
    public async Task<ProposalAnswer> OpenAsync(Proposal proposal, CommitSha sha, CancellationToken cancellation)
    {
        try
        {
            var found = await FindAsync(proposal, cancellation);
            var pull = found is { } open
                ? await UpdateAsync(open, proposal, cancellation)
                : await CreateAsync(proposal, cancellation);
            return new ProposalAnswer.Open(
                pull.GetProperty("number").GetInt32(),
                new Uri(pull.GetProperty("html_url").GetString()!),
                sha
            );
        }
        catch (GitHubException e) when (e.Status == HttpStatusCode.NotFound)
        {
            throw e.ToHost(ReleaseCodes.PermissionMissing, $"The token may not open pull requests ({e.Message}).");
        }
        catch (GitHubException e)
        {
            throw e.ToHost();
        }
    }

    private async Task<JsonElement?> FindAsync(Proposal proposal, CancellationToken cancellation)
    {
        var commit = proposal.Commit;
        var found = await gitHub.GetAsync(
            new RepositoryPaths(commit.Repository).OpenPulls(commit.Branch, proposal.Base),
            cancellation
        );
        // A host that does not know the filter answers with all of them.
        return found
            .EnumerateArray()
            .Where(pull => pull.GetProperty("head").GetProperty("ref").GetString() == commit.Branch)
            .Select(pull => (JsonElement?)pull)
            .FirstOrDefault();
    }

    private async Task<JsonElement> CreateAsync(Proposal proposal, CancellationToken cancellation)
    {
        try
        {
            return await gitHub.PostAsync(
                new RepositoryPaths(proposal.Commit.Repository).NewPull,
                new JsonObject
                {
                    ["title"] = proposal.Title,
                    ["head"] = proposal.Commit.Branch,
                    ["base"] = proposal.Base,
                    ["body"] = proposal.Body,
                },
                cancellation
            );
        }
        catch (GitHubException e) when (e.Message.Contains("already exists", StringComparison.OrdinalIgnoreCase))
        {
            // Somebody opened it since we looked, or we did and heard no answer.
            var open = await FindAsync(proposal, cancellation) ?? throw e.ToHost();
            return await UpdateAsync(open, proposal, cancellation);
        }
    }

    private async Task<JsonElement> UpdateAsync(JsonElement open, Proposal proposal, CancellationToken cancellation) =>
        open.GetProperty("title").GetString() == proposal.Title && open.GetProperty("body").GetString() == proposal.Body
            ? open
            : await gitHub.PatchAsync(
                new RepositoryPaths(proposal.Commit.Repository).Pull(open.GetProperty("number").GetInt32()),
                new JsonObject { ["title"] = proposal.Title, ["body"] = proposal.Body },
                cancellation
            );
}
