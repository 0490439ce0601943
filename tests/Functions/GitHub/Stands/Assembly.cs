[assembly: AssemblyFixture(typeof(Devflow.ChatOps.Tests.Functions.GitHub.Stands.GitHubStands))]
