using Devflow.ChatOps.Functions.Adapters.Mongo;
using Devflow.ChatOps.Functions.Adapters.Slack;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>Names every fault of the configuration at once.</summary>
internal static class OptionsCheck
{
    private static readonly string[] scopes = ["read", "create", "promote", "rollback", "retry"];

    public static IReadOnlyList<string> Faults(DevflowOptions options, HostEnvironment host)
    {
        var faults = new List<string>();
        void Need(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add(fault);
            }
        }

        Need(host.FunctionsPort is not 0, $"{HostEnvironment.PortVariable}: expected a port.");
        var isSqlite =
            options.Store.StartsWith("sqlite:", StringComparison.Ordinal) && options.Store.Length > "sqlite:".Length;
        // Neither the driver's words nor the value: both have the password in them.
        Need(
            isSqlite || MongoAddress.TryParse(options.Store) is not null,
            "Devflow:Store: expected sqlite:path, or a connection string of MongoDB: mongodb://… or mongodb+srv://…."
        );
        Need(
            !(isSqlite && host is { UnderFunctions: true, OnAzure: true }),
            "Devflow:Store: sqlite keeps its file on one instance, and Azure Functions runs several; use a database server."
        );
        Need(options.Catalog.Length > 0, "Devflow:Catalog: the path of the catalog is missing.");
        Need(
            !(options.Watch && host.UnderFunctions),
            "Devflow:Watch: Azure Functions gives no time between requests, so nothing can be watched there; leave it out, or run the service alone."
        );
        Need(options.Holder.Length > 0, "Devflow:Holder: a name is missing.");
        Need(options.SealingKey.Length is 0 or >= 32, "Devflow:SealingKey: at least 32 characters.");
        Need(
            options.Limits is { PerSecond: > 0, Burst: > 0, HooksAtOnce: > 0 },
            "Devflow:Limits: PerSecond, Burst and HooksAtOnce are numbers above 0."
        );
        Need(
            options.Retention.CommandDays is >= 3 and <= 3_650,
            "Devflow:Retention:CommandDays: from 3, the days in which GitHub delivers an event again, to 3650."
        );
        Need(
            options.Retention.JobDays is >= 7 and <= 3_650
                && options.Retention.JobDays >= options.Retention.CommandDays,
            "Devflow:Retention:JobDays: from 7 to 3650, and not less than CommandDays."
        );
        foreach (var (name, command) in Names(options.Slack.Commands))
        {
            var valid = command.Length is >= 2 and <= 32 && command[0] == '/' && !command.Any(char.IsWhiteSpace);
            Need(
                valid,
                $"Devflow:Slack:Commands:{name}: expected a slash and up to 31 characters without white space."
            );
        }

        faults.AddRange(options.GitHub.Faults());
        faults.AddRange(options.Console.Faults());
        faults.AddRange(options.ArgoCd.SelectMany(argo => argo.Value.Faults(argo.Key)));
        foreach (var (cluster, tokens) in options.Hooks)
        {
            Need(tokens.Length is 1 or 2, $"Devflow:Hooks:{cluster}: one token, or two while one is being replaced.");
            Need(
                tokens.All(HookTokens.IsWellFormed),
                $"Devflow:Hooks:{cluster}: a token needs at least {HookTokens.ShortestToken} characters of A–Z a–z 0–9 - . _ ~ + / =."
            );
        }

        var issuerIsUrl =
            Uri.TryCreate(options.Api.Issuer, UriKind.Absolute, out var issuer)
            && (issuer.Scheme == Uri.UriSchemeHttps || (issuer.Scheme == Uri.UriSchemeHttp && issuer.IsLoopback));
        Need(issuerIsUrl, "Devflow:Api:Issuer: expected an https URL.");
        Need(
            options.Api.Tokens.DistinctBy(token => token.Name).Count() == options.Api.Tokens.Length,
            "Devflow:Api:Tokens: each needs a Name of its own; it keeps their idempotency keys apart."
        );
        foreach (var token in options.Api.Tokens)
        {
            Need(token.Name.Length > 0, "Devflow:Api:Tokens: Name is missing.");
            Need(
                token.Sha256.Length == 64 && token.Sha256.All(char.IsAsciiHexDigit),
                $"Devflow:Api:Tokens: {token.Name}: Sha256 needs 64 hexadecimal digits."
            );
            Need(token.Person.Length > 0, $"Devflow:Api:Tokens: {token.Name}: Person is missing.");
            Need(token.Expires is not null, $"Devflow:Api:Tokens: {token.Name}: Expires is missing.");
            Need(
                token.Scopes.Length > 0 && token.Scopes.All(scopes.Contains),
                $"Devflow:Api:Tokens: {token.Name}: Scopes are among {string.Join(", ", scopes)}."
            );
        }

        return faults;
    }

    private static IEnumerable<(string, string)> Names(CommandNames names) =>
        [("Promote", names.Promote), ("RollBack", names.RollBack), ("Devflow", names.Devflow)];
}
