namespace Devflow.ChatOps.GitOps.Yaml;

/// <summary>A text that is not YAML that can be edited: where, counted from 1, and why.</summary>
public sealed class YamlFaultException(int line, int column, string message) : Exception(message)
{
    public int Line { get; } = line;

    public int Column { get; } = column;
}
