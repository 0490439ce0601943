namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>With what a GitHub App proves itself. Not a record: a printed record would show its key.</summary>
/// <param name="appId">Id of the App, or its client id.</param>
/// <param name="privateKey">PEM, as GitHub hands it out.</param>
public sealed class AppCredentials(string appId, string privateKey)
{
    public string AppId { get; } = appId;

    internal string PrivateKey { get; } = privateKey;
}

/// <summary>A token of an App's installation. Not a record: a printed record would show it.</summary>
/// <param name="value">Of any length and form; GitHub has changed both.</param>
public sealed class InstallationToken(string value, DateTimeOffset expiresAt)
{
    public string Value { get; } = value;

    public DateTimeOffset ExpiresAt { get; } = expiresAt;
}
