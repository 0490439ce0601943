using System.Globalization;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Bench;

/// <summary>What a measurement is told.</summary>
internal sealed record Options(int? Count, string Service, string? Peer)
{
    /// <summary>The Action's executable; the one built beside this program unless given.</summary>
    public string? Action { get; init; }

    /// <summary>What the service writes into: sqlite or mongodb.</summary>
    public string Store { get; init; } = "sqlite";

    /// <summary>Where the service runs.</summary>
    public string Folder => Path.GetDirectoryName(Service)!;

    public static Options Parse(string[] args)
    {
        var options = new Options(null, BuiltService.Executable, null);
        for (var index = 0; index < args.Length; index += 2)
        {
            var value =
                index + 1 < args.Length ? args[index + 1] : throw new ArgumentException($"{args[index]} of what?");
            options = args[index] switch
            {
                "--count" => options with { Count = int.Parse(value, CultureInfo.InvariantCulture) },
                "--service" => options with { Service = Path.GetFullPath(value) },
                "--action" => options with { Action = Path.GetFullPath(value) },
                "--store" => options with { Store = value },
                "--peer" => options with { Peer = value },
                _ => throw new ArgumentException($"There is no option {args[index]}."),
            };
        }

        return options;
    }
}
