namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>One method of the Web API: what it needs, how often it may be called, and what it does.</summary>
/// <param name="Name">Such as <c>chat.update</c>.</param>
/// <param name="Scopes">Any one of these lets the call in; none needed when empty.</param>
/// <param name="Rate">Limit per method, or <see langword="null"/> when the method has rules of its own.</param>
/// <param name="AcceptsJson">Whether a JSON body is read; reading methods take query and form only.</param>
/// <param name="Known">Arguments that may be given. Slack ignores others; here a typing mistake is refused.</param>
/// <param name="Handle">The method itself.</param>
internal sealed record SlackMethod(
    string Name,
    IReadOnlyList<string> Scopes,
    SlackRate? Rate,
    bool AcceptsJson,
    IReadOnlySet<string> Known,
    Func<SlackArguments, SlackReply> Handle
)
{
    public static SlackMethod Define(
        string name,
        string scopes,
        SlackRate? rate,
        bool json,
        string known,
        Func<SlackArguments, SlackReply> handle
    ) => new(name, Words(scopes), rate, json, Words(known).ToHashSet(StringComparer.Ordinal), handle);

    private static string[] Words(string list) => list.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The scopes granted to the app. May be changed while the stand-in runs.</summary>
internal sealed class SlackScopes(IEnumerable<string> granted)
{
    private volatile IReadOnlySet<string> current = granted.ToHashSet(StringComparer.Ordinal);

    public IReadOnlySet<string> Current
    {
        get => current;
        set => current = value;
    }

    /// <summary>Refuses when the app lacks the scope.</summary>
    public void Require(string scope)
    {
        if (!Current.Contains(scope))
        {
            throw new SlackRefusal(SlackReply.MissingScope(scope, Current));
        }
    }
}
