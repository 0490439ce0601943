namespace Devflow.ChatOps.Action.Service;

/// <summary>What came of one question to the service.</summary>
public abstract record Answer<T>
{
    private Answer() { }

    public sealed record Told(T Value) : Answer<T>;

    /// <summary>The service understood and says no; asking again changes nothing.</summary>
    /// <param name="Code">The service's word for it.</param>
    public sealed record Refused(string Code, string Message) : Answer<T>;

    /// <summary>Nothing useful came back, however often it was asked.</summary>
    public sealed record Unreachable(string Message) : Answer<T>;
}

/// <summary>The runner gives no OIDC token.</summary>
public sealed class TokenUnavailableException(string message) : Exception(message);
