using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Explain;

/// <summary>Writes each change whole and at once, as UTF-8, so that a reader of the pipe sees it when it happens.</summary>
internal sealed class ExplainOutput(Stream output, TextWriter errors, bool json)
{
    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Tell(ObjectName rollout, StoryLine line, DateTimeOffset at)
    {
        if (json && line is { OnlyRemark: true, Release.Status: not ReleaseStatus.AwaitingApproval })
        {
            return; // a line is a change of the steps, unless somebody is about to approve what crashes
        }

        var text = json ? JsonLine(rollout, line) : Encoding.UTF8.GetBytes(ExplainTexts.Block(rollout, line, at));
        output.Write(text);
        output.Flush();
    }

    /// <summary>A watch ends with an object of kind Status: its message is for people.</summary>
    public void WatchError(JsonElement status) =>
        errors.WriteLine(
            ExplainTexts.WatchError(
                status.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String
                    ? message.GetString()!
                    : ""
            )
        );

    private static byte[] JsonLine(ObjectName rollout, StoryLine line)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Format))
        {
            writer.WriteStartObject();
            writer.WriteString("rollout", rollout.ToString());
            writer.WriteString("podHash", line.Release.Hash.ToString());
            writer.WriteNumber("attempt", line.Release.Attempt);
            writer.WriteString("status", line.Status);
            writer.WriteStartObject("steps");
            foreach (var step in line.Release.Steps)
            {
                writer.WriteString(step.Name.ToString(), step.Status.ToString());
            }

            writer.WriteEndObject();
            writer.WriteString("message", line.Message);
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
