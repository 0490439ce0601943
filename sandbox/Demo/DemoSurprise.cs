namespace Devflow.ChatOps.Sandbox.Demo;

/// <summary>Something did not go as it must; the message says what was expected and what there was instead.</summary>
internal sealed class DemoSurprise(string message) : Exception(message);
