namespace Devflow.ChatOps.Core.Catalog;

/// <summary>Finds out which environment a person means (design section 6).</summary>
internal static class TargetResolver
{
    public static Resolution Resolve(IReadOnlyList<ReleaseTarget> all, string? app, string? environment)
    {
        var (first, second) = (Typed(app), Typed(environment));
        if (first is null)
        {
            return second is null ? One("", all) : ByEnvironment(all, second);
        }

        var ofApp = all.Where(target => Same(target.App.Name, first)).ToList();
        if (ofApp.Count == 0)
        {
            var alone = second is null ? all.Where(target => Same(target.Environment.Name, first)).ToList() : [];
            return alone.Count > 0
                ? One(first, alone)
                : new Resolution.NotFound(first, NearMiss.Find(first, Names(all, target => target.App.Name)));
        }

        return second is null ? One(first, ofApp) : ByEnvironment(ofApp, second);
    }

    private static Resolution ByEnvironment(IReadOnlyList<ReleaseTarget> among, string environment)
    {
        var fits = among.Where(target => Same(target.Environment.Name, environment)).ToList();
        return fits.Count > 0
            ? One(environment, fits)
            : new Resolution.NotFound(
                environment,
                NearMiss.Find(environment, Names(among, target => target.Environment.Name))
            );
    }

    private static Resolution One(string text, IReadOnlyList<ReleaseTarget> fits) =>
        fits switch
        {
            [] => new Resolution.NotFound(text, null),
            [var only] => new Resolution.Found(only.App, only.Environment),
            _ => new Resolution.Ambiguous(text, fits),
        };

    private static string? Typed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static bool Same(string left, string right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Names(IEnumerable<ReleaseTarget> among, Func<ReleaseTarget, string> name) =>
        among.Select(name).Distinct(StringComparer.OrdinalIgnoreCase);
}
