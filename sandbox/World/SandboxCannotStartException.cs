namespace Devflow.ChatOps.Sandbox.World;

/// <summary>The sandbox cannot start; the message is one sentence that says why and what to do.</summary>
public sealed class SandboxCannotStartException(string message, Exception? inner = null) : Exception(message, inner);
