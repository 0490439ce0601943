using System.Globalization;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Core.Commands;

/// <summary>What was typed after a slash command, parsed and resolved against the catalog.</summary>
public abstract record SlashRequest
{
    private SlashRequest() { }

    /// <summary>A wish about one environment.</summary>
    public sealed record Wished(ReleaseTarget Target, Wish Wish) : SlashRequest;

    /// <summary>What a promote would come to; nothing is changed.</summary>
    public sealed record Planned(ReleaseTarget Target, Wish.Promote Wish) : SlashRequest;

    /// <summary>How one environment stands.</summary>
    public sealed record Status(ReleaseTarget Target) : SlashRequest;

    /// <summary>The latest Jobs of one environment, or of all.</summary>
    public sealed record Jobs(ReleaseTarget? Target) : SlashRequest;

    public sealed record Help : SlashRequest;

    public sealed record Refused(Refusal Why) : SlashRequest;
}

/// <summary>Names of the slash commands; a workspace may have taken the usual ones (they are not namespaced).</summary>
public sealed record SlashNames(
    string Promote = "/promote",
    string RollBack = "/rollback",
    string Devflow = "/devflow"
);

/// <summary>Parses the text of slash commands.</summary>
public static class SlashText
{
    private const string PromoteUsage = "promote [app] [environment] [--full] [--plan] [--override reason]";
    private const string RollBackUsage = "rollback [app] [environment] [reason]";
    private const string AgreeUsage = "agree [app] [environment] [reason]";
    private const string LockUsage = "lock [app] [environment] [--for 2h] reason";
    private static readonly string[] verbs =
    [
        "status",
        "jobs",
        "promote",
        "rollback",
        "retry",
        "lock",
        "unlock",
        "agree",
        "resume",
        "withdraw",
        "help",
    ];

    /// <summary>
    /// The request. Words are separated by white space; app and environment may be left out where only one fits.
    /// </summary>
    public static SlashRequest Parse(
        SlashNames names,
        string command,
        string text,
        ReleaseCatalog catalog,
        DateTimeOffset now
    )
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Typed).ToArray();
        if (words is ["help"] && catalog.Resolve("help", null) is Resolution.NotFound)
        {
            return new SlashRequest.Help();
        }

        if (command == names.Promote)
        {
            return Promote(words, catalog);
        }

        if (command == names.RollBack)
        {
            return RollBack(words, catalog);
        }

        var rest = words.Length > 1 ? words[1..] : [];
        return (words.FirstOrDefault() ?? "help").ToLowerInvariant() switch
        {
            "help" => new SlashRequest.Help(),
            "promote" => Promote(rest, catalog),
            "rollback" => RollBack(rest, catalog),
            "retry" => Plain(
                rest,
                catalog,
                "retry [app] [environment]",
                target => new SlashRequest.Wished(target, new Wish.Retry())
            ),
            "status" => Plain(rest, catalog, "status [app] [environment]", target => new SlashRequest.Status(target)),
            "jobs" => rest.Length == 0
                ? new SlashRequest.Jobs(null)
                : Plain(rest, catalog, "jobs [app] [environment]", target => new SlashRequest.Jobs(target)),
            "unlock" => Plain(
                rest,
                catalog,
                "unlock [app] [environment]",
                target => new SlashRequest.Wished(target, new Wish.Unlock())
            ),
            "agree" => Agree(rest, catalog),
            "resume" => Plain(
                rest,
                catalog,
                "resume [app] [environment]",
                target => new SlashRequest.Wished(target, new Wish.Resume())
            ),
            "withdraw" => Plain(
                rest,
                catalog,
                "withdraw [app] [environment]",
                target => new SlashRequest.Wished(target, new Wish.WithdrawVote())
            ),
            "lock" => Lock(rest, catalog, now),
            var other => Invalid($"there is no “{other}”" + Suggest(other), string.Join('|', verbs)),
        };
    }

    private static SlashRequest Promote(string[] words, ReleaseCatalog catalog)
    {
        // After --override everything is its reason, whatever it looks like.
        var at = Array.IndexOf(words, "--override");
        var reason = at < 0 ? null : Reason(words[(at + 1)..]);
        if (reason is { Length: 0 })
        {
            return Invalid("--override needs a reason", PromoteUsage);
        }

        var before = at < 0 ? words : words[..at];
        var full = before.Contains("--full");
        var plan = before.Contains("--plan");
        var plain = before.Where(word => word is not ("--full" or "--plan")).ToArray();
        return Plain(
            plain,
            catalog,
            PromoteUsage,
            target =>
                plan
                    ? new SlashRequest.Planned(target, new Wish.Promote(full, reason))
                    : new SlashRequest.Wished(target, new Wish.Promote(full, reason))
        );
    }

    private static SlashRequest RollBack(string[] words, ReleaseCatalog catalog)
    {
        var (target, rest) = TargetThenText(words, catalog);
        if (Option(words[..^Math.Max(0, rest.Length - 1)], RollBackUsage) is { } unknown)
        {
            return unknown;
        }

        return target.With(found => new SlashRequest.Wished(found, new Wish.RollBack(Reason(rest))));
    }

    private static SlashRequest Agree(string[] words, ReleaseCatalog catalog)
    {
        var (target, rest) = TargetThenText(words, catalog);
        if (Option(words[..^Math.Max(0, rest.Length - 1)], AgreeUsage) is { } unknown)
        {
            return unknown;
        }

        return target.With(found => new SlashRequest.Wished(found, new Wish.MakeGitAgree(Reason(rest))));
    }

    private static SlashRequest Lock(string[] words, ReleaseCatalog catalog, DateTimeOffset now)
    {
        DateTimeOffset? until = null;
        var at = Array.IndexOf(words, "--for");
        if (at >= 0)
        {
            if (at + 1 >= words.Length || Duration(words[at + 1]) is not { } length)
            {
                return Invalid("--for needs a duration such as 30m, 2h or 3d", LockUsage);
            }

            until = now + length;
            words = [.. words[..at], .. words[(at + 2)..]];
        }

        var (target, rest) = TargetThenText(words, catalog);
        if (Option(words[..^Math.Max(0, rest.Length - 1)], LockUsage) is { } unknown)
        {
            return unknown;
        }

        var reason = Reason(rest);
        return target is SlashTarget.Found && reason.Length == 0
            ? Invalid("a lock needs a reason", LockUsage)
            : target.With(found => new SlashRequest.Wished(found, new Wish.TakeLock(reason, until)));
    }

    private static SlashRequest Plain(
        string[] words,
        ReleaseCatalog catalog,
        string usage,
        Func<ReleaseTarget, SlashRequest> make
    ) =>
        Option(words, usage)
        ?? (
            words.Length > 2
                ? Invalid($"“{string.Join(' ', words[2..])}” is too much", usage)
                : SlashTarget.Of(catalog.Resolve(words.ElementAtOrDefault(0), words.ElementAtOrDefault(1))).With(make)
        );

    /// <summary>
    /// App and environment, then free text: the second word is an environment when the app has one of that name, and
    /// the first word is text when nothing in the catalog is called that, or nearly that, and only one environment exists.
    /// What could be meant as a name is not taken for text: it would act on something that nobody named.
    /// </summary>
    private static (SlashTarget Target, string[] Text) TargetThenText(string[] words, ReleaseCatalog catalog)
    {
        for (var taken = Math.Min(2, words.Length); taken >= 0; taken--)
        {
            var found = SlashTarget.Of(catalog.Resolve(taken > 0 ? words[0] : null, taken > 1 ? words[1] : null));
            var clear =
                taken == 1
                && found is SlashTarget.Unclear { Why: Refusal.Ambiguous or Refusal.NotFound { Suggestion: not null } };
            if (found is SlashTarget.Found && taken < 2 && MeantAsName(words, taken, catalog) is { } name)
            {
                return (new SlashTarget.Unclear(new Refusal.NotFound(name, null)), words[taken..]);
            }

            if (found is SlashTarget.Found || clear)
            {
                return (found, words[taken..]);
            }
        }

        return (SlashTarget.Of(catalog.Resolve(words.FirstOrDefault(), null)), []);
    }

    private static readonly string[] usualEnvironments =
    [
        "production",
        "prod",
        "staging",
        "stage",
        "development",
        "dev",
    ];

    /// <summary>The first word of what would be free text, where it is an environment of others, or looks like an app.</summary>
    private static string? MeantAsName(string[] words, int taken, ReleaseCatalog catalog)
    {
        if (words.ElementAtOrDefault(taken) is not { } word)
        {
            return null;
        }

        var environments = catalog
            .Targets.Select(target => target.Environment.Name)
            .Concat(usualEnvironments)
            .Distinct();
        var isMeant =
            taken == 1
                ? NearMiss.Find(word, environments) is not null
                : words.Length == 1 || word.Any(c => c is '-' or '_' or '.' || char.IsAsciiDigit(c));
        return !isMeant ? null
            : taken == 1 ? $"{words[0]} {word}"
            : word;
    }

    private static SlashRequest.Refused? Option(string[] words, string usage) =>
        words.FirstOrDefault(word => word.Length > 2 && word.StartsWith("--", StringComparison.Ordinal)) is { } option
            ? Invalid($"I know no option “{option}” here", usage)
            : null;

    // Phones turn two hyphens into one dash.
    private static string Typed(string word) =>
        word.Length > 1 && (word[0] is '—' or '–') && char.IsAsciiLetter(word[1]) ? "--" + word[1..] : word;

    private static string Reason(string[] words) => Messages.Plain.OneLine(string.Join(' ', words), 500);

    private static TimeSpan? Duration(string text)
    {
        var unit = text.Length > 1 ? text[^1] : ' ';
        var valid =
            int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is > 0 and <= 10_000;
        return (valid, unit) switch
        {
            (true, 'm') => TimeSpan.FromMinutes(count),
            (true, 'h') => TimeSpan.FromHours(count),
            (true, 'd') => TimeSpan.FromDays(count),
            _ => null,
        };
    }

    private static string Suggest(string typed) =>
        (
            NearMiss.Find(typed, verbs)
            ?? Array.Find(verbs, verb => verb.StartsWith(typed[..Math.Min(3, typed.Length)], StringComparison.Ordinal))
        )
            is { } verb
            ? $"; did you mean “{verb}”?"
            : "";

    private static SlashRequest.Refused Invalid(string problem, string usage) =>
        new(new Refusal.Invalid(problem, usage));

    private abstract record SlashTarget
    {
        public sealed record Found(ReleaseTarget Target) : SlashTarget;

        public sealed record Unclear(Refusal Why) : SlashTarget;

        public static SlashTarget Of(Resolution resolution) =>
            resolution switch
            {
                Resolution.Found found => new Found(new ReleaseTarget(found.App, found.Environment)),
                Resolution.NotFound none => new Unclear(new Refusal.NotFound(none.Text, none.Suggestion)),
                Resolution.Ambiguous many => new Unclear(
                    new Refusal.Ambiguous([.. many.Candidates.Select(target => target.ToString())])
                ),
                _ => throw new InvalidOperationException("A resolution that nobody reads."),
            };

        public SlashRequest With(Func<ReleaseTarget, SlashRequest> make) =>
            this switch
            {
                Found found => make(found.Target),
                Unclear unclear => new SlashRequest.Refused(unclear.Why),
                _ => throw new InvalidOperationException("A target that nobody reads."),
            };
    }
}
