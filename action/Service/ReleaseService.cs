using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Reporting;
using Devflow.ChatOps.Action.Runner;

namespace Devflow.ChatOps.Action.Service;

/// <summary>
/// The Devflow service: announces releases and reads them. What may pass by itself (no connection, 5xx, 429) is asked again
/// within bounds; an announcement carries an idempotency key, so that a repeat is the same announcement.
/// </summary>
public sealed class ReleaseService(HttpClient http, ServiceAccess access, WorkflowLog log, TimeProvider clock)
{
    private readonly OidcTokens tokens = new(http, access, log, clock);

    /// <summary>How often a question is asked before it is given up.</summary>
    public const int Attempts = 6;

    private const int PageSize = 20;

    private static readonly TimeSpan firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan longestPause = TimeSpan.FromSeconds(30);

    /// <summary>How long the outcome of an announcement is asked for that was accepted and not finished at once.</summary>
    private const int OutcomeQuestions = 12;

    private static readonly TimeSpan betweenQuestions = TimeSpan.FromSeconds(5);

    /// <summary>Announces a release; the Job that it became.</summary>
    public async Task<Answer<JobView>> AnnounceAsync(JobAnnouncement announcement, string key, CancellationToken stop)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(announcement, ServiceJson.Default.JobAnnouncement);
        var answer = await AskAsync(() => Post(body, key), stop);
        // The same announcement from another step of this attempt: what became of the first one is the answer.
        if (answer is Answer<Reply>.Refused { Code: "idempotency_key_reused" })
        {
            answer = await AskAsync(() => Get($"api/commands/{key}"), stop);
        }

        for (var question = 0; answer is Answer<Reply>.Told { Value.IsPending: true }; question++)
        {
            if (question == OutcomeQuestions)
            {
                return new Answer<JobView>.Unreachable("The service accepted the announcement and did not finish it.");
            }

            await Task.Delay(betweenQuestions, clock, stop);
            answer = await AskAsync(() => Get($"api/commands/{key}"), stop);
        }

        return Read(answer, ServiceJson.Default.OutcomeView) switch
        {
            Answer<OutcomeView>.Told { Value.Job: { } job } => new Answer<JobView>.Told(job),
            Answer<OutcomeView>.Told(var outcome) => new Answer<JobView>.Refused(outcome.Code, outcome.Text),
            Answer<OutcomeView>.Refused(var code, var message) => new Answer<JobView>.Refused(code, message),
            Answer<OutcomeView>.Unreachable(var message) => new Answer<JobView>.Unreachable(message),
            _ => throw new InvalidOperationException("An answer of no kind."),
        };
    }

    /// <summary>The last Jobs of an app's environment, newest first.</summary>
    public async Task<Answer<JobPageView>> ListAsync(string app, string environment, CancellationToken stop) =>
        Read(
            await AskAsync(
                () =>
                    Get(
                        $"api/jobs?app={Uri.EscapeDataString(app)}&environment={Uri.EscapeDataString(environment)}&limit={PageSize}"
                    ),
                stop
            ),
            ServiceJson.Default.JobPageView
        );

    /// <summary>Reads a Job.</summary>
    public async Task<Answer<JobView>> ReadAsync(string job, CancellationToken stop) =>
        Read(await AskAsync(() => Get($"api/jobs/{Uri.EscapeDataString(job)}"), stop), ServiceJson.Default.JobView);

    private async Task<Answer<Reply>> AskAsync(Func<HttpRequestMessage> question, CancellationToken stop)
    {
        var renewed = false;
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? wish = null;
            string problem;
            try
            {
                using var request = question();
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetAsync(stop));
                using var response = await http.SendAsync(request, stop);
                if (response.StatusCode == HttpStatusCode.Unauthorized && !renewed)
                {
                    renewed = true;
                    tokens.Forget();
                    continue;
                }

                var reply = new Reply(response.StatusCode, await response.Content.ReadAsByteArrayAsync(stop));
                if (!reply.MayPass)
                {
                    return reply.IsOk ? new Answer<Reply>.Told(reply) : reply.ToRefusal();
                }

                problem = reply.Describe();
                wish = WishOf(response);
            }
            catch (TokenUnavailableException fault)
            {
                return new Answer<Reply>.Unreachable(fault.Message);
            }
            catch (Exception fault)
                when (fault is HttpRequestException
                    || (fault is OperationCanceledException && !stop.IsCancellationRequested)
                )
            {
                problem = fault is HttpRequestException ? fault.Message : "No answer in time.";
            }

            if (attempt == Attempts)
            {
                return new Answer<Reply>.Unreachable($"{problem} Asked {Attempts} times.");
            }

            await Task.Delay(PauseAfter(attempt, wish), clock, stop);
        }
    }

    private HttpRequestMessage Get(string path) => new(HttpMethod.Get, new Uri(access.Address, path));

    private HttpRequestMessage Post(byte[] body, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(access.Address, "api/jobs"))
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("Idempotency-Key", key);
        return request;
    }

    private static Answer<T> Read<T>(Answer<Reply> answer, JsonTypeInfo<T> type)
        where T : class
    {
        switch (answer)
        {
            case Answer<Reply>.Refused(var code, var message):
                return new Answer<T>.Refused(code, message);
            case Answer<Reply>.Unreachable(var message):
                return new Answer<T>.Unreachable(message);
            case Answer<Reply>.Told(var reply):
                try
                {
                    return JsonSerializer.Deserialize(reply.Body, type) is { } value
                        ? new Answer<T>.Told(value)
                        : NotOurs<T>();
                }
                catch (JsonException)
                {
                    return NotOurs<T>();
                }

            default:
                throw new InvalidOperationException("An answer of no kind.");
        }
    }

    private static Answer<T> NotOurs<T>() =>
        new Answer<T>.Refused(ReasonCodes.NotDevflow, "What answers at devflow-url is no Devflow service.");

    // Twice as long each time, half of it by chance, so that many runs do not come back at the same moment.
    private static TimeSpan PauseAfter(int attempt, TimeSpan? wish)
    {
        var pause = firstPause * Math.Pow(2, attempt - 1);
        pause = pause / 2 + pause / 2 * Random.Shared.NextDouble();
        pause = wish > pause ? wish.Value : pause;
        return pause < longestPause ? pause : longestPause;
    }

    private TimeSpan? WishOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } wish ? wish.Delta ?? (wish.Date - clock.GetUtcNow()) : null;

    private sealed record Reply(HttpStatusCode Status, byte[] Body)
    {
        public bool IsOk => (int)Status is >= 200 and < 300;

        public bool IsPending => Status == HttpStatusCode.Accepted;

        public bool MayPass =>
            Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)Status >= 500;

        public Answer<Reply> ToRefusal()
        {
            var problem = Problem();
            return new Answer<Reply>.Refused(problem?.Code ?? ReasonCodes.HttpPrefix + (int)Status, Describe());
        }

        public string Describe() =>
            Problem() is { } problem && (problem.Detail ?? problem.Title) is { Length: > 0 } text
                ? text
                : $"The service answered with HTTP {(int)Status}.";

        private ProblemView? Problem()
        {
            try
            {
                return JsonSerializer.Deserialize(Body, ServiceJson.Default.ProblemView);
            }
            catch (JsonException)
            {
                // A proxy's page: the status says enough.
                return null;
            }
        }
    }
}
