using System.ComponentModel;
using System.Reflection;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>
/// Compares a configuration section with the options that it is bound to: the binder alone would name only the first
/// unknown key or bad value. Values are never part of a fault, for they may be secrets.
/// </summary>
internal static class ConfigurationCheck
{
    public static IReadOnlyList<string> Faults(IConfigurationSection section, Type type)
    {
        var faults = new List<string>();
        Look(section, type, faults);
        return faults;
    }

    private static void Look(IConfigurationSection section, Type type, List<string> faults)
    {
        if (IsLeaf(type))
        {
            LookAtValue(section, type, faults);
        }
        else if (type.IsArray)
        {
            Each(section, type.GetElementType()!, faults);
        }
        else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>))
        {
            Each(section, type.GetGenericArguments()[1], faults);
        }
        else
        {
            LookAtProperties(section, type, faults);
        }
    }

    private static void Each(IConfigurationSection section, Type type, List<string> faults)
    {
        // An empty array of a JSON file arrives as an empty value without children.
        if (!string.IsNullOrEmpty(section.Value))
        {
            faults.Add($"{section.Path}: expected several values, such as {section.Path}:0.");
        }

        foreach (var child in section.GetChildren())
        {
            Look(child, type, faults);
        }
    }

    private static void LookAtProperties(IConfigurationSection section, Type type, List<string> faults)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        if (!string.IsNullOrEmpty(section.Value))
        {
            faults.Add($"{section.Path}: a group of settings, not a value.");
        }

        foreach (var child in section.GetChildren())
        {
            if (properties.TryGetValue(child.Key, out var property))
            {
                Look(child, property.PropertyType, faults);
            }
            else
            {
                var known = string.Join(", ", properties.Values.Select(it => it.Name).Order(StringComparer.Ordinal));
                faults.Add($"{child.Path}: unknown. Known here: {known}.");
            }
        }
    }

    private static void LookAtValue(IConfigurationSection section, Type type, List<string> faults)
    {
        var wanted = Nullable.GetUnderlyingType(type) ?? type;
        if (section.GetChildren().Any())
        {
            faults.Add($"{section.Path}: expected one value.");
        }
        else if (section.Value is null)
        {
            // A null of a JSON file would be bound as one.
            faults.Add($"{section.Path}: null is no value; leave it out.");
        }
        else if (section.Value is { Length: > 0 } text && !IsOf(wanted, text))
        {
            faults.Add($"{section.Path}: expected {Name(wanted)}.");
        }
    }

    private static bool IsOf(Type type, string text)
    {
        if (type == typeof(Uri))
        {
            return Uri.TryCreate(text, UriKind.Absolute, out _);
        }

        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text) is not null;
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static bool IsLeaf(Type type) =>
        type == typeof(string) || type == typeof(Uri) || (Nullable.GetUnderlyingType(type) ?? type).IsValueType;

    private static string Name(Type type) =>
        type == typeof(Uri) ? "an absolute URL"
        : type == typeof(bool) ? "true or false"
        : type == typeof(DateTimeOffset) ? "a time such as 2030-01-31T00:00:00Z"
        : type == typeof(TimeSpan) ? "a duration such as 00:00:30"
        : "a number";
}
