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
            var answer = found is { } open
                ? await UpdateAsync(open, proposal, cancellation)
                : await CreateAsync(proposal, cancellation);
            return answer is { } pull
                ? new ProposalAnswer.Open((int)pull.Number("number"), pull.Address("html_url"), sha)
                : new ProposalAnswer.TipMoved();
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

    /// <summary>What became of a branch's: of the open one into that base, else of the newest.</summary>
    /// <exception cref="GitHostException">Refused, or no answer.</exception>
    public async Task<ProposalState> StateAsync(
        string repository,
        string branch,
        string @base,
        CancellationToken cancellation
    )
    {
        try
        {
            var found = await gitHub.GetAsync(new RepositoryPaths(repository).Pulls(branch), cancellation);
            var pulls = OfBranch(found, branch).ToList();
            bool IsInto(JsonElement pull) => pull.Part("base").TextOrNull("ref") == @base;
            return pulls.Exists(pull => pull.TextOrNull("state") == "open" && IsInto(pull)) ? ProposalState.Open
                : pulls is not [var newest, ..] || !IsInto(newest) ? ProposalState.None
                : newest.TextOrNull("merged_at") is not null ? ProposalState.Merged
                : ProposalState.Closed;
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
        return OfBranch(found, commit.Branch).Select(pull => (JsonElement?)pull).FirstOrDefault();
    }

    /// <summary>A host that does not know the filter answers with all of them.</summary>
    private static IEnumerable<JsonElement> OfBranch(JsonElement found, string branch) =>
        found.Each().Where(pull => pull.Part("head").TextOrNull("ref") == branch);

    private async Task<JsonElement?> CreateAsync(Proposal proposal, CancellationToken cancellation)
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

    /// <returns>The pull request; null when a newer run has spoken there since the branch was moved.</returns>
    private async Task<JsonElement?> UpdateAsync(JsonElement open, Proposal proposal, CancellationToken cancellation)
    {
        var (title, body) = (open.TextOrNull("title"), open.TextOrNull("body"));
        if (title == proposal.Title && body == proposal.Body)
        {
            return open;
        }

        return RunOf(body) is { } theirs && RunOf(proposal.Body) is { } ours && theirs.IsNewerThan(ours)
            ? null
            : await gitHub.PatchAsync(
                new RepositoryPaths(proposal.Commit.Repository).Pull((int)open.Number("number")),
                new JsonObject { ["title"] = proposal.Title, ["body"] = proposal.Body },
                cancellation
            );
    }

    private static RunIdentity? RunOf(string? body) => ReleaseTrailers.Parse($"Title\n\n{body}").Run;
}
