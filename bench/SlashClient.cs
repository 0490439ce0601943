using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Bench;

/// <summary>Sends signed slash commands of Alice as Slack does, over one kept connection.</summary>
internal sealed class SlashClient(Uri service, string secret) : IDisposable
{
    public const string App = "my-app";

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private int number;

    /// <summary>Where the command goes; the peer's has another path.</summary>
    public string Path { get; init; } = "slack/commands";

    public string Team { get; init; } = "T0BENCH";

    public string SlackApp { get; init; } = "A0BENCH";

    /// <summary>For the service beside these stand-ins.</summary>
    public static SlashClient Of(StandIns outside, Uri service)
    {
        var installation = outside.Workspace.Installation;
        return new SlashClient(service, installation.SigningSecret)
        {
            Team = installation.TeamId,
            SlackApp = installation.AppId,
        };
    }

    /// <summary>The answer's body.</summary>
    /// <exception cref="InvalidOperationException">The answer is not a 2xx.</exception>
    public async Task<string> TypeAsync(string command, string text)
    {
        using var answer = await http.SendAsync(Request(command, text));
        var body = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? body
            : throw new InvalidOperationException($"{command} {text}: {(int)answer.StatusCode} {body}");
    }

    /// <summary>The first answer of a process that is about to listen: tries until the port is open.</summary>
    /// <exception cref="InvalidOperationException">The process ended instead.</exception>
    public async Task<string> TypeWhenUpAsync(string command, string text, Func<bool> hasEnded)
    {
        while (!hasEnded())
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(service.Host, service.Port);
                return await TypeAsync(command, text);
            }
            catch (SocketException)
            {
                await Task.Delay(1);
            }
        }

        throw new InvalidOperationException("The process ended before it answered.");
    }

    public void Dispose() => http.Dispose();

    private HttpRequestMessage Request(string command, string text)
    {
        var trigger = $"{Environment.ProcessId}.{Environment.TickCount64}.{Interlocked.Increment(ref number)}";
        var fields = new Dictionary<string, string>
        {
            ["team_id"] = Team,
            ["api_app_id"] = SlackApp,
            ["channel_id"] = StandIns.ChannelOf(App),
            ["user_id"] = StandIns.Alice,
            ["user_name"] = "alice",
            ["command"] = command,
            ["text"] = text,
            ["trigger_id"] = trigger,
        };
        var body = string.Join('&', fields.Select(it => $"{it.Key}={Uri.EscapeDataString(it.Value)}"));
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"v0:{timestamp}:{body}"));
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(service, Path))
        {
            // Without a charset, as Slack sends it.
            Content = new StringContent(body, new MediaTypeHeaderValue("application/x-www-form-urlencoded")),
        };
        request.Headers.Add("X-Slack-Request-Timestamp", timestamp);
        request.Headers.Add("X-Slack-Signature", "v0=" + Convert.ToHexStringLower(mac));
        return request;
    }
}
