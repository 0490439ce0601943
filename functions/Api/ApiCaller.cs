using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>Who calls the API, as their token proves it.</summary>
public abstract record ApiCaller
{
    private ApiCaller() { }

    /// <summary>Under which name idempotency keys are kept apart.</summary>
    public abstract string KeySpace { get; }

    /// <summary>
    /// A workflow run of GitHub Actions, from its OIDC token. Authority comes from these claims, never from <c>sub</c>, whose
    /// form can be customised (https://docs.github.com/actions/security-for-github-actions, OIDC reference).
    /// </summary>
    public sealed record Workflow(string Repository, long RepositoryId, string Ref, string WorkflowRef, string Actor)
        : ApiCaller
    {
        /// <summary>The commit that the run was started for; <c>null</c> where the token does not tell it.</summary>
        public string? Sha { get; init; }

        public override string KeySpace => $"repository-{RepositoryId}";

        /// <summary>Whether the app's catalog entry lets this run announce releases.</summary>
        public bool MayCreate(App app) =>
            app.Release is { } release
            && app.RepositoryId == RepositoryId
            && release.Refs.Contains(Ref)
            && release.Workflows.Any(path => WorkflowRef == $"{Repository}/{path}@{Ref}");
    }

    /// <summary>A person's token with its scopes.</summary>
    public sealed record Holder(Person Person, string Token, IReadOnlyList<string> Scopes) : ApiCaller
    {
        public override string KeySpace => $"token-{Token}";
    }
}
