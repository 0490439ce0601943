using Devflow.ChatOps.Action.Runner;

namespace Devflow.ChatOps.Action.Inputs;

/// <summary>The inputs as the runner hands them over, and the faults that were found in them.</summary>
internal sealed class InputValues(RunnerEnvironment runner)
{
    private readonly List<InputFault> faults = [];

    public IReadOnlyList<InputFault> Faults => faults;

    /// <summary>The value without the white space around it; the default where nothing was said.</summary>
    public string Text(ActionInput input)
    {
        var text = runner.Find(input.Variable);
        if (text is null && input.IsRequired)
        {
            Fault(input, "This input is required.");
        }

        // Expressions are GitHub's to work out; what it left out is empty.
        return text ?? (input.Default.StartsWith("${{", StringComparison.Ordinal) ? "" : input.Default);
    }

    /// <summary>Non-empty lines.</summary>
    public IReadOnlyList<string> Lines(ActionInput input) =>
        Text(input).Split(['\r', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary><c>true</c> or <c>false</c>, as YAML 1.2 writes them.</summary>
    public bool Flag(ActionInput input)
    {
        var text = Text(input);
        if (text is not ("true" or "True" or "TRUE" or "false" or "False" or "FALSE"))
        {
            Fault(input, $"Write true or false, not {Quote(text)}.");
        }

        return text is "true" or "True" or "TRUE";
    }

    /// <summary>One of some words.</summary>
    public T Choice<T>(ActionInput input, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        var text = Text(input);
        var words = new List<string>();
        foreach (var (word, value) in choices)
        {
            if (word == text)
            {
                return value;
            }

            words.Add(word);
        }

        Fault(input, $"Write one of {string.Join(", ", words)}, not {Quote(text)}.");
        return choices[0].Value;
    }

    public void Fault(ActionInput input, string message) => faults.Add(new InputFault(input.Name, message));

    /// <summary>Something of the runner is missing.</summary>
    public void Fault(string variable, string message) => faults.Add(new InputFault(variable, message));

    public static string Quote(string text) => $"“{Core.Messages.Plain.OneLine(text, 80)}”";
}
