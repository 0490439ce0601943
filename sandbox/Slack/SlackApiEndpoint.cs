using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>Takes a request through the checks in Slack's order: log, faults, token, rate, scope, arguments, method.</summary>
internal sealed class SlackApiEndpoint
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.Default };

    private readonly SlackApi api;
    private readonly SlackScopes scopes;
    private readonly TimeProvider time;
    private readonly CancellationToken stopping;
    private readonly SlackRateLimits rates;
    private readonly Dictionary<string, SlackMethod> methods;

    public SlackApiEndpoint(SlackApi api, SlackScopes scopes, TimeProvider time, CancellationToken stopping)
    {
        this.api = api;
        this.scopes = scopes;
        this.time = time;
        this.stopping = stopping;
        rates = new SlackRateLimits(time);
        methods = new SlackChatMethods(api.Workspace, scopes)
            .All()
            .Concat(new SlackConversationMethods(api.Workspace, scopes).All())
            .Concat(new SlackDirectoryMethods(api.Workspace, api.Triggers).All())
            .ToDictionary(m => m.Name, StringComparer.Ordinal);
    }

    public async Task CallAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["method"]!;
        var method = methods.GetValueOrDefault(name);
        var arguments = await SlackArguments.ReadAsync(
            context.Request,
            acceptsJson: method?.AcceptsJson ?? true,
            context.RequestAborted
        );
        var call = api.Log.Begin(name, arguments.All, time.GetUtcNow());
        await ServeAsync(context, call, () => Handle(context, call, method, arguments));
    }

    public async Task RespondAsync(HttpContext context)
    {
        var arguments = await SlackArguments.ReadAsync(context.Request, acceptsJson: true, context.RequestAborted);
        var call = api.Log.Begin("response_url", arguments.All, time.GetUtcNow());
        await ServeAsync(
            context,
            call,
            () =>
            {
                var isJson = context.Request.HasJsonContentType();
                var result = isJson
                    ? api.ResponseUrls.Answer(context.Request.Path.Value!.TrimStart('/'), arguments)
                    : new SlackResponseResult(400, "invalid_payload");
                return new Answer(result.Status, result.Word, "text/plain", result.Status == 200 ? null : result.Word);
            }
        );
    }

    private async Task ServeAsync(HttpContext context, SlackCall call, Func<Answer> handle)
    {
        var fault = api.Faults?.Invoke(call);
        switch (fault)
        {
            case SlackFault.RateLimited limited:
                await SendAsync(context, call, RateLimited(context, limited.RetryAfter));
                return;
            case SlackFault.Status status:
                await SendAsync(
                    context,
                    call,
                    new Answer((int)status.Code, "<html>Sorry!</html>", "text/html", "http_error")
                );
                return;
            case SlackFault.Error error:
                await SendAsync(context, call, Answer.Of(SlackReply.Error(error.Code)));
                return;
            case SlackFault.CutBefore:
                Cut(context, call);
                return;
            case SlackFault.Hang:
                await HangAsync(context, call);
                return;
            case SlackFault.Hold hold:
                await hold.Until.WaitAsync(stopping);
                break;
        }

        var answer = handle();
        if (fault is SlackFault.CutAfter)
        {
            Cut(context, call);
        }
        else if (fault is SlackFault.HangAfter)
        {
            await HangAsync(context, call);
        }
        else
        {
            await SendAsync(context, call, answer);
        }
    }

    private Answer Handle(HttpContext context, SlackCall call, SlackMethod? method, SlackArguments arguments)
    {
        if (TokenFault(context.Request) is { } fault)
        {
            return Answer.Of(SlackReply.Error(fault));
        }

        if (method is null)
        {
            return Answer.Of(SlackReply.Error("unknown_method"));
        }

        context.Response.Headers["X-OAuth-Scopes"] = string.Join(',', scopes.Current.Order(StringComparer.Ordinal));
        context.Response.Headers["X-Accepted-OAuth-Scopes"] = string.Join(',', method.Scopes);
        if (api.EnforcesRateLimits && rates.Take(Limits(method, call)) is { } wait)
        {
            return RateLimited(context, wait);
        }

        return Answer.Of(Run(method, arguments));
    }

    private SlackReply Run(SlackMethod method, SlackArguments arguments)
    {
        try
        {
            if (method.Scopes.Count > 0 && !method.Scopes.Any(scopes.Current.Contains))
            {
                return SlackReply.MissingScope(method.Scopes[0], scopes.Current);
            }

            if (arguments.Fault is { } fault)
            {
                return SlackReply.Error(fault);
            }

            if (arguments.All.Keys.FirstOrDefault(key => !method.Known.Contains(key)) is { } unknown)
            {
                return SlackReply.InvalidArguments($"the stand-in does not know the argument: {unknown}");
            }

            var reply = method.Handle(arguments);
            return arguments.IsMissingCharset ? reply.Warn("missing_charset") : reply;
        }
        catch (SlackRefusal refusal)
        {
            return refusal.Reply;
        }
    }

    private static IEnumerable<(string Key, SlackRate Rate)> Limits(SlackMethod method, SlackCall call)
    {
        if (method.Rate is { } rate)
        {
            return [(method.Name, rate)];
        }

        return
        [
            ($"{method.Name} {call.Argument("channel")}", SlackRate.MessagesOfChannel),
            (method.Name, SlackRate.MessagesOfWorkspace),
        ];
    }

    private string? TokenFault(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            return "not_authed";
        }

        return header["Bearer ".Length..] == api.Workspace.Installation.BotToken ? null : "invalid_auth";
    }

    private static Answer RateLimited(HttpContext context, TimeSpan wait)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Answer.Of(SlackReply.Error("ratelimited")) with { Status = StatusCodes.Status429TooManyRequests };
    }

    private async Task SendAsync(HttpContext context, SlackCall call, Answer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType + "; charset=utf-8";
        // Logged first, so that whoever has the answer also finds it in the log.
        api.Log.End(call, answer.Status, answer.Error);
        await context.Response.WriteAsync(answer.Body, context.RequestAborted);
    }

    private void Cut(HttpContext context, SlackCall call)
    {
        context.Abort();
        api.Log.End(call, null, null);
    }

    private async Task HangAsync(HttpContext context, SlackCall call)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var aborted = context.RequestAborted.Register(() => gone.TrySetResult());
        await using var stopped = stopping.Register(() => gone.TrySetResult());
        await gone.Task;
        Cut(context, call);
    }

    private sealed record Answer(int Status, string Body, string ContentType, string? Error)
    {
        public static Answer Of(SlackReply reply) =>
            new(200, reply.Body.ToJsonString(Json), "application/json", reply.ErrorCode);
    }
}
