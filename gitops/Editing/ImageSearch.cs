using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.GitOps.Editing;

/// <summary>What a search through a file has found so far, and the changes that follow from it.</summary>
internal sealed class ImageSearch(YamlEdit edit, ImageRelease release)
{
    public ImageRelease Release { get; } = release;

    /// <summary>Our places are passed over: only the images of others count, because somebody named the place.</summary>
    public bool OnlyOthers { get; init; }

    /// <summary>The places that are meant; the others are found, and stay as they are. <c>null</c>: all are meant.</summary>
    public Func<ImagePlace, bool>? Only { get; init; }

    public List<ImagePlace> Places { get; } = [];

    /// <summary>Whether what is set belongs to a place that is not meant.</summary>
    private bool isPassedOver;

    /// <summary>Images of other repositories with their versions: they may not change, and one may be a misspelling.</summary>
    public List<OtherImage> Others { get; } = [];

    public bool IsOurs(string name) => ImageName.TryParse(name)?.Equals(Release.Name) == true;

    /// <summary>A place of this image.</summary>
    public void Found(string where, YamlNode at, string before)
    {
        var place = new ImagePlace(where, at.Span.Line, before) { Nth = Places.Count(it => it.Where == where) };
        Places.Add(place);
        isPassedOver = Only?.Invoke(place) == false;
    }

    /// <summary>Somebody else's image, or one of which it is not known whose; these keys of it are its own business.</summary>
    public void Other(string name, YamlMapping mapping, params ReadOnlySpan<string> keys)
    {
        var version = new List<string?>();
        foreach (var key in keys)
        {
            version.Add(mapping.Text(key));
            edit.Keep(mapping, key, name.Length == 0 ? "An image without a name" : name);
        }

        Others.Add(new OtherImage(name, string.Join(' ', version)));
    }

    /// <summary>Sets a key of a mapping, where it is missing behind the entry <paramref name="after"/>.</summary>
    public void Set(YamlMapping mapping, string key, string value, YamlEntry after)
    {
        if (!isPassedOver)
        {
            edit.Set(new YamlSlot(mapping, key), value, after);
        }
    }

    /// <summary>Sets what stands in a slot.</summary>
    public void Set(YamlSlot slot, string value)
    {
        if (!isPassedOver)
        {
            edit.Set(slot, value);
        }
    }

    /// <summary>Takes a key out.</summary>
    public void Remove(YamlMapping mapping, string key)
    {
        if (!isPassedOver)
        {
            edit.Remove(mapping, key);
        }
    }

    /// <summary>Whether a merge key brings this mapping in somewhere, so that it is a template more than an image.</summary>
    public bool IsTemplate(YamlMapping mapping) => edit.IsMerged(mapping);

    /// <summary>A value that is a whole image reference: changed when it is of our repository.</summary>
    /// <exception cref="YamlFaultException">
    /// It names our repository, but is no reference. Half a release would be worse than none.
    /// </exception>
    public void Reference(YamlSlot slot, YamlScalar scalar, string where)
    {
        if (ImageReference.TryParse(scalar.Value) is not { } image)
        {
            RefuseHalf(scalar, where);
        }
        else if (!image.Name.Equals(Release.Name))
        {
            Others.Add(new OtherImage(scalar.Value, ""));
        }
        else if (!OnlyOthers)
        {
            Found(where, scalar, Version(image.Tag, image.Digest));
            Set(slot, Release.Reference(image.Name));
        }
    }

    /// <summary>Refuses a text that begins with our repository and goes on as no tag or digest does.</summary>
    /// <exception cref="YamlFaultException">It is one.</exception>
    public void RefuseHalf(YamlScalar scalar, string where)
    {
        var text = scalar.Value;
        if (!OnlyOthers && Enumerable.Range(0, text.Length).Any(at => text[at] is ':' or '@' && IsOurs(text[..at])))
        {
            throw Fault(scalar, $"{where}: this image, but not with a tag or digest that can be replaced: {text}");
        }
    }

    public static YamlFaultException Fault(YamlNode at, string message) => new(at.Span.Line, at.Span.Column, message);

    /// <summary><c>tag</c>, <c>tag@digest</c> or <c>digest</c>.</summary>
    public static string Version(string? tag, string? digest) =>
        string.Join('@', new[] { tag, digest }.Where(part => !string.IsNullOrEmpty(part)));
}

/// <summary>An image of another repository, as a file says it.</summary>
internal sealed record OtherImage(string Name, string Version);
