using System.Text.Json.Nodes;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Tests.Functions.FunctionsHost;

/// <summary>A function with an HTTP trigger, as its function.json declares it.</summary>
internal sealed record HttpFunction(string Name, string Route, IReadOnlyList<string> Methods);

/// <summary>A Functions app on disk, read as the Functions host reads it: host.json and a folder per function.</summary>
internal sealed record FunctionsApp(string Root, JsonObject Host, IReadOnlyDictionary<string, JsonObject> Functions)
{
    /// <summary>The built service: what is deployed, apart from the runtime beside it.</summary>
    public static FunctionsApp Built { get; } = Read(BuiltService.Folder);

    public string RoutePrefix => Host["extensions"]!["http"]!["routePrefix"]!.GetValue<string>();

    /// <summary>The executable: joined to the root only if the file exists there.</summary>
    public string Executable
    {
        get
        {
            var path = Host["customHandler"]!["description"]!["defaultExecutablePath"]!.GetValue<string>();
            var joined = Path.Combine(Root, path);
            return File.Exists(joined) ? joined : path;
        }
    }

    public IReadOnlyList<HttpFunction> HttpFunctions =>
        [
            .. from function in Functions
            let trigger = Bindings(function.Value).FirstOrDefault(binding => Type(binding) == "httpTrigger")
            where trigger is not null
            select new HttpFunction(
                function.Key,
                trigger["route"]!.GetValue<string>(),
                [.. trigger["methods"]!.AsArray().Select(method => method!.GetValue<string>().ToUpperInvariant())]
            ),
        ];

    public IReadOnlyList<string> TimerFunctions =>
        [
            .. Functions
                .Where(function => Bindings(function.Value).Any(binding => Type(binding) == "timerTrigger"))
                .Select(function => function.Key),
        ];

    public static IEnumerable<JsonObject> Bindings(JsonObject function) =>
        function["bindings"]!.AsArray().Select(binding => binding!.AsObject());

    public static FunctionsApp Read(string root) =>
        new(
            root,
            JsonNode.Parse(File.ReadAllText(Path.Combine(root, "host.json")))!.AsObject(),
            Directory
                .EnumerateFiles(root, "function.json", SearchOption.AllDirectories)
                .ToDictionary(
                    file => Path.GetRelativePath(root, Path.GetDirectoryName(file)!),
                    file => JsonNode.Parse(File.ReadAllText(file))!.AsObject()
                )
        );

    private static string Type(JsonObject binding) => binding["type"]!.GetValue<string>();
}
