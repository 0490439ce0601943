using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Git;
using Devflow.ChatOps.Sandbox.Kubernetes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>What Git wants of one app: the plain manifests of its folder at a commit.</summary>
/// <param name="Manifests">In the order of the files; of kinds that the cluster has.</param>
internal sealed record DesiredState(IReadOnlyList<JsonObject> Manifests)
{
    /// <summary>Reads every YAML file below a path.</summary>
    /// <exception cref="InvalidDataException">One of them is no manifest; the message says which one and why.</exception>
    public static DesiredState Read(GitRepository git, string commit, string path)
    {
        var tree = git.Commit(commit)!.Tree;
        var folder = git.Find(tree, path) is { IsTree: true } found
            ? found.Id
            : throw new InvalidDataException($"{path}: app path does not exist");
        var files = git.Walk(folder, path + "/").Where(file => file.Path.EndsWith(".yaml", StringComparison.Ordinal));
        return new DesiredState([.. files.SelectMany(file => Parse(file.Path, git.Blob(file.Entry.Id)!))]);
    }

    /// <summary>The documents of a file.</summary>
    /// <exception cref="InvalidDataException">It holds something else than manifests.</exception>
    public static IEnumerable<JsonObject> Parse(string path, byte[] content)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StreamReader(new MemoryStream(content)));
        }
        catch (Exception fault) when (fault is YamlException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }

        foreach (var document in stream.Documents)
        {
            var manifest = Json(document.RootNode) as JsonObject;
            if (
                manifest is null
                || Resources.OfKind(manifest.Text("apiVersion"), manifest.Text("kind")) is null
                || manifest.Text("metadata", "name") is null
            )
            {
                throw new InvalidDataException($"{path}: no object of a kind that this cluster has");
            }

            yield return manifest;
        }
    }

    private static JsonNode? Json(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => new JsonObject(
                map.Children.Select(pair => KeyValuePair.Create(pair.Key.ToString(), Json(pair.Value)))
            ),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
            YamlScalarNode { Style: not ScalarStyle.Plain } text => text.Value,
            YamlScalarNode plain => Plain(plain.Value ?? ""),
            _ => null,
        };

    // YAML's core schema, as far as manifests go: https://yaml.org/spec/1.2.2/#103-core-schema.
    private static JsonNode? Plain(string text) =>
        text switch
        {
            "" or "~" or "null" => null,
            "true" => true,
            "false" => false,
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                number,
            _ => text,
        };
}
