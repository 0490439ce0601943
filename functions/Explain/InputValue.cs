using System.Text.Json;

namespace Devflow.ChatOps.Functions.Explain;

/// <summary>One value of the input, to be disposed of when it was understood.</summary>
internal sealed record InputValue(JsonDocument Document, Place Place) : IDisposable
{
    public void Dispose() => Document.Dispose();
}
