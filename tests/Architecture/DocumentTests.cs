using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Functions.Hosting;

namespace Devflow.ChatOps.Tests.Architecture;

/// <summary>Documents that list what the code defines list all of it, and nothing else.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Every_refusal_code_is_documented_and_no_other()
    {
        var codes = typeof(Refusal)
            .GetNestedTypes()
            .Where(type => type.IsSubclassOf(typeof(Refusal)))
            .Select(type => ((Refusal)RuntimeHelpers.GetUninitializedObject(type)).Code);
        FirstCells("docs/refusals.md").ShouldBe(codes.Order(StringComparer.Ordinal), ignoreOrder: true);
    }

    [Fact]
    public void Every_setting_is_documented_and_no_other()
    {
        FirstCells("docs/configuration.md").ShouldBe(Keys(typeof(DevflowOptions), "Devflow"), ignoreOrder: true);
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var broken =
            from document in Directory.EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
            where !Ignored().IsMatch(document)
            from Match link in Link().Matches(File.ReadAllText(document))
            let target = link.Groups["target"].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
            let path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(document)!, target))
            where !File.Exists(path) && !Directory.Exists(path)
            select $"{Path.GetRelativePath(Repository.Root, document)}: {target}";
        broken.ShouldBeEmpty();
    }

    private static IEnumerable<string> Keys(Type type, string prefix) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .SelectMany(property =>
            {
                var key = $"{prefix}:{property.Name}";
                var inner = property.PropertyType.IsArray
                    ? property.PropertyType.GetElementType()!
                    : property.PropertyType;
                var isSection = inner.Namespace == typeof(DevflowOptions).Namespace;
                return property.PropertyType switch
                {
                    { IsGenericType: true } dictionary
                        when dictionary.GetGenericTypeDefinition() == typeof(Dictionary<,>) =>
                        dictionary.GetGenericArguments()[1] is var value && value.IsArray
                            ? [$"{key}:<cluster>:<n>"]
                            : Keys(value, $"{key}:<cluster>"),
                    { IsArray: true } => isSection ? Keys(inner, $"{key}:<n>") : [$"{key}:<n>"],
                    _ => isSection ? Keys(inner, key) : [key],
                };
            });

    private static IEnumerable<string> FirstCells(string document) =>
        FirstCell().Matches(Repository.Read(document)).Select(match => match.Groups["cell"].Value);

    [GeneratedRegex(@"^\| `(?<cell>[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex FirstCell();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("/(bin|obj|node_modules|Fixtures)/")]
    private static partial Regex Ignored();
}
