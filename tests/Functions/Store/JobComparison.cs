using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>
/// Equality by content. Records compare lists by reference, and nobody else compares the cases of closed hierarchies
/// and the content of immutable arrays at once: both sides are printed and the texts compared.
/// </summary>
internal static class JobComparison
{
    public static void ShouldBeTheSameAs(this object? actual, object expected) =>
        Printed(actual).ShouldBe(Printed(expected));

    /// <summary>Runtime types and all members that can be set, in lines.</summary>
    public static string Printed(object? value) => string.Join('\n', Lines(value, ""));

    private static IEnumerable<string> Lines(object? value, string at)
    {
        switch (value)
        {
            case null:
                return [$"{at}: null"];
            case DateTimeOffset time:
                return [$"{at}: {time.ToString("O", CultureInfo.InvariantCulture)}"];
            case string text:
                return [$"{at}: '{text}'"];
            case IEnumerable list:
                return [$"{at}: list", .. list.Cast<object?>().SelectMany((item, n) => Lines(item, $"{at}[{n}]"))];
            default:
                var members = Members(value.GetType());
                return members.Length == 0
                    ? [$"{at}: {value}"]
                    :
                    [
                        $"{at}: {value.GetType().FullName}",
                        .. members.SelectMany(member => Lines(member.GetValue(value), $"{at}.{member.Name}")),
                    ];
        }
    }

    // Identifiers, numbers and enums have none and print themselves.
    private static PropertyInfo[] Members(Type type) =>
        type.IsValueType ? [] : [.. type.GetProperties().Where(property => property.CanWrite)];
}
