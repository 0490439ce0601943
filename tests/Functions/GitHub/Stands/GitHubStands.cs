using System.Text.Json;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.GitOps.Independent;

namespace Devflow.ChatOps.Tests.Functions.GitHub.Stands;

/// <summary>Every GitHub that a test can run at; the other one's process is shared.</summary>
public sealed class GitHubStands : IAsyncDisposable
{
    private readonly SharedEmulate emulate = new();

    /// <param name="maker">Whose; without its package the test is skipped.</param>
    /// <param name="mayWrite">Whether the App was granted what it needs, or may read contents alone.</param>
    internal async Task<GitHubStand> StartAsync(GitHubMaker maker, bool mayWrite = true) =>
        maker == GitHubMaker.Us ? await OurStand.StartAsync(mayWrite)
        : await emulate.GetAsync() is var other && mayWrite ? new EmulateStand(other, await other.NewRepositoryAsync())
        : new EmulateStand(other, await other.NewRepositoryAsync(Emulate.Reserved));

    public ValueTask DisposeAsync() => emulate.DisposeAsync();

    private sealed class EmulateStand(Emulate emulate, string repository)
        : GitHubStand(emulate.Address, repository, emulate.PrivateKey)
    {
        public override Task<IReadOnlyList<string>> GrantedAsync() => emulate.GrantedAsync(Repository);
    }

    private sealed class OurStand(GitHubApi api, GitHubApp app)
        : GitHubStand(api.Address, app.Repositories.Single(), app.PrivateKey)
    {
        public static async Task<OurStand> StartAsync(bool mayWrite)
        {
            var app = new GitHubApp(long.Parse(Emulate.AppId, null), "devflow[bot]", $"{Emulate.Organization}/r1")
            {
                Permissions = mayWrite ? GitHubPermissions.All : new() { Contents = GitHubAccess.Read },
            };
            var world = new GitHubWorld(TimeProvider.System);
            world.AddApp(app);
            world.AddToken(new GitHubToken(Emulate.Alice, Emulate.Alice));
            world.Directory.PutTeam(Emulate.Organization, "members", Emulate.Alice, "bob-gh");
            world.Directory.PutEmail("alice@example.com", Emulate.Alice);
            world.Directory.PutEmail("bob@example.com", "bob-gh");
            world.AddRepository(app.Repositories.Single()).Commit("main", "Begin", [new("README.md", "# r1\n")]);
            return new OurStand(await GitHubApi.StartAsync(world, cancellation: Stop), app);
        }

        public override Task<IReadOnlyList<string>> GrantedAsync() =>
            Task.FromResult<IReadOnlyList<string>>([
                .. api
                    .Log.Calls.Where(call => call.Path.EndsWith("/access_tokens", StringComparison.Ordinal))
                    .Select(call => JsonElement.Parse(call.Body).GetProperty("permissions").GetRawText())
                    .Distinct(),
            ]);

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await api.DisposeAsync();
            app.Dispose();
        }
    }
}
