using System.Text.Encodings.Web;
using System.Text.Json;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub;

internal static class Readable
{
    /// <summary>JSON in which only what must be is escaped.</summary>
    public static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
