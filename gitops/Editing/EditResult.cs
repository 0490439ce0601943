namespace Devflow.ChatOps.GitOps.Editing;

/// <summary>One place that names the image.</summary>
/// <param name="Where">For people: <c>images[my-app]</c>, <c>image.tag</c>, <c>Rollout my-app, container web</c>.</param>
/// <param name="Line">In the text before the change, from 1.</param>
/// <param name="Before">What the place said: tag, digest, or both.</param>
public sealed record ImagePlace(string Where, int Line, string Before)
{
    /// <summary>Which it is of those that are described in the same words, as of Rollouts of two namespaces; from 0.</summary>
    public int Nth { get; init; }
}

/// <summary>What an edit of one file came to.</summary>
public abstract record EditResult
{
    private EditResult() { }

    /// <summary>The image is named in these places; the content is the same where they said the right thing already.</summary>
    public sealed record Found(byte[] Content, bool IsChanged, IReadOnlyList<ImagePlace> Places) : EditResult;

    /// <summary>The image is not named here.</summary>
    /// <param name="Others">The images that are.</param>
    public sealed record NotFound(IReadOnlyList<string> Others) : EditResult;

    /// <summary>The file cannot be edited. Line and column from 1; 0 where it is about the whole file.</summary>
    public sealed record Fault(int Line, int Column, string Message) : EditResult;
}
