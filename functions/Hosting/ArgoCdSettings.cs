namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>How the Argo CD of a cluster is asked to look at Git at once.</summary>
public sealed class ArgoCdSettings
{
    /// <summary>Root of Argo CD's server.</summary>
    public Uri? Address { get; set; }

    /// <summary>Token of a project role that may only get Applications.</summary>
    public string Token { get; set; } = "";

    /// <summary>
    /// Ask by an annotation on the Application, which needs the right to patch it: instead of the API, or, where that is set
    /// up too, when the API fails.
    /// </summary>
    public bool Annotate { get; set; }

    /// <summary>What is wrong with them; never with the token in it.</summary>
    internal IEnumerable<string> Faults(string cluster)
    {
        if (Annotate && Address is null && Token.Length == 0)
        {
            yield break;
        }

        if (
            Address is null
            || !(Address.Scheme == Uri.UriSchemeHttps || Address is { Scheme: "http", IsLoopback: true })
        )
        {
            yield return $"Devflow:ArgoCd:{cluster}:Address: expected an https URL.";
        }

        if (Token.Length == 0 || Token.Any(char.IsWhiteSpace))
        {
            yield return $"Devflow:ArgoCd:{cluster}:Token: missing, or not one word.";
        }
    }
}
