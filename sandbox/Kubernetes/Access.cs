namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>What a rule allows; <c>*</c> stands for everything.</summary>
/// <param name="Verbs">get, list, watch, create, update, patch, delete, deletecollection.</param>
/// <param name="Groups">API groups; the core group is the empty string.</param>
/// <param name="Resources">Plurals, with the subresource where it is one: <c>rollouts/status</c>.</param>
/// <param name="Namespaces">Null: everywhere and at the cluster scope.</param>
public sealed record AccessRule(
    IReadOnlyList<string> Verbs,
    IReadOnlyList<string> Groups,
    IReadOnlyList<string> Resources,
    IReadOnlyList<string>? Namespaces = null
)
{
    internal bool Allows(string verb, string group, string resource, string? ns) =>
        Has(Verbs, verb)
        && Has(Groups, group)
        && Has(Resources, resource)
        && (Namespaces is null || (ns is not null && Has(Namespaces, ns)));

    private static bool Has(IReadOnlyList<string> allowed, string wanted) =>
        allowed.Contains("*", StringComparer.Ordinal) || allowed.Contains(wanted, StringComparer.Ordinal);
}

/// <summary>Somebody who has a token, and what they may do.</summary>
/// <param name="Name">As error messages name them, such as <c>system:serviceaccount:shop:reader</c>.</param>
/// <param name="Rules">Nothing is allowed that no rule allows.</param>
public sealed record ApiUser(string Name, IReadOnlyList<AccessRule> Rules)
{
    internal static readonly ApiUser Anonymous = new("system:anonymous", []);

    /// <summary>May do everything.</summary>
    public static ApiUser Admin(string name = "kubernetes-admin") => new(name, [new AccessRule(["*"], ["*"], ["*"])]);

    /// <summary>May read what the service observes, as its observer role grants.</summary>
    public static ApiUser Observer(string name, IReadOnlyList<string>? namespaces = null) =>
        new(name, ObserverRules(namespaces));

    /// <summary>May read, and patch Rollouts and their status: promote, abort, undo.</summary>
    public static ApiUser Executor(string name, IReadOnlyList<string>? namespaces = null) =>
        new(
            name,
            [
                .. ObserverRules(namespaces),
                new AccessRule(["patch"], ["argoproj.io"], ["rollouts", "rollouts/status"], namespaces),
            ]
        );

    internal bool May(string verb, string group, string resource, string? ns) =>
        Rules.Any(rule => rule.Allows(verb, group, resource, ns));

    private static IReadOnlyList<AccessRule> ObserverRules(IReadOnlyList<string>? namespaces)
    {
        IReadOnlyList<string> read = ["get", "list", "watch"];
        return
        [
            new AccessRule(read, ["argoproj.io"], ["rollouts", "analysisruns", "applications"], namespaces),
            new AccessRule(read, ["apps"], ["replicasets"], namespaces),
            new AccessRule(read, [""], ["pods", "services"], namespaces),
        ];
    }
}
