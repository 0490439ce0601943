namespace Devflow.ChatOps.Tests.EndToEnd.SandboxApp;

/// <summary>
/// Each of these starts whole worlds as processes, some with a browser: one at a time leaves the machine to the other
/// tests.
/// </summary>
[CollectionDefinition(Name)]
public sealed class OneAtATime
{
    public const string Name = "sandbox processes";
}
