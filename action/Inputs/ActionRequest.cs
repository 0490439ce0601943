using Devflow.ChatOps.Action.Waiting;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Action.Inputs;

/// <summary>What one run of the Action is asked for: its inputs, understood.</summary>
public sealed record ActionRequest
{
    /// <summary>What is to be written into Git.</summary>
    public required ReleaseOrder Order { get; init; }

    public required Access Access { get; init; }

    /// <summary>Where the release is announced; <c>null</c> when it is not.</summary>
    public ServiceAccess? Service { get; init; }

    public WaitGoal Wait { get; init; }

    public TimeSpan Timeout { get; init; }

    public bool FailOnSuperseded { get; init; }
}

/// <summary>How GitHub knows us.</summary>
public abstract record Access
{
    private Access() { }

    public sealed record Token(string Value) : Access;

    /// <param name="Id">Of the App, or its client id.</param>
    /// <param name="PrivateKey">PEM.</param>
    public sealed record App(string Id, string PrivateKey) : Access;
}

/// <summary>The service and what proves to it who we are.</summary>
/// <param name="Address">With a final slash.</param>
/// <param name="TokenRequestUrl">Where the runner gives OIDC tokens.</param>
/// <param name="TokenRequestToken">What the runner wants for them.</param>
public sealed record ServiceAccess(
    Uri Address,
    string Audience,
    Uri TokenRequestUrl,
    string TokenRequestToken,
    long RunId
);

/// <summary>An input, or something of the runner, that cannot be worked with.</summary>
/// <param name="Input">Its name as people know it.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record InputFault(string Input, string Message);
