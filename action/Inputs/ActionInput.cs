namespace Devflow.ChatOps.Action.Inputs;

/// <summary>One input of the Action; <c>action.yml</c> and the documents are generated from it.</summary>
/// <param name="Name">As a workflow writes it.</param>
/// <param name="Description">For people: what it is, and its form.</param>
/// <param name="Default">What counts when a workflow says nothing; an expression of GitHub is allowed.</param>
/// <param name="IsRequired">Must be given. GitHub does not enforce it: we do.</param>
public sealed record ActionInput(string Name, string Description, string Default = "", bool IsRequired = false)
{
    /// <summary>
    /// The environment variable in which the runner hands it over: blanks become underscores, hyphens stay
    /// (https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax#inputs).
    /// </summary>
    public string Variable => "INPUT_" + Name.Replace(' ', '_').ToUpperInvariant();
}

/// <summary>One output of the Action.</summary>
public sealed record ActionOutput(string Name, string Description);
