using Devflow.ChatOps.Action.Runner;

namespace Devflow.ChatOps.Action.Inputs;

/// <summary>Everything among the inputs and of the runner that must not be read in the log.</summary>
internal static class Secrets
{
    /// <summary>Masks them; the first thing that is printed.</summary>
    public static void Mask(RunnerEnvironment runner, WorkflowLog log)
    {
        foreach (
            var secret in new[]
            {
                runner.Find(ActionInputs.Token.Variable),
                runner.Find(ActionInputs.PrivateKey.Variable),
                PrivateKeyText.Of(runner.Find(ActionInputs.PrivateKey.Variable) ?? ""),
                runner.TokenRequestToken,
            }.Distinct()
        )
        {
            log.Mask(secret ?? "");
        }
    }
}
