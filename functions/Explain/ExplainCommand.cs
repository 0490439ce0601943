using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Functions.Explain;

/// <summary>
/// <c>explain [FILE|-] [--json]</c>: reads Kubernetes objects and prints what the product makes of them. Exit codes: 0,
/// also when there was nothing to explain; 1 when the input cannot be read or is malformed; 2 for arguments that it
/// does not know; 130 after Ctrl+C.
/// </summary>
public static class ExplainCommand
{
    private const int Done = 0;
    private const int BadInput = 1;
    private const int BadArguments = 2;
    private const int Interrupted = 130;

    /// <summary>
    /// How long standard input must be quiet before objects that came without watch events are explained: a watch
    /// prints what is there, then nothing until something changes.
    /// </summary>
    private static readonly TimeSpan QuietAfter = TimeSpan.FromMilliseconds(300);

    /// <summary>Runs with the process's own standard streams and returns its exit code.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        using var interrupt = new CancellationTokenSource();
        void OnInterrupt(object? sender, ConsoleCancelEventArgs e)
        {
            e.Cancel = true;
            interrupt.Cancel();
        }

        System.Console.CancelKeyPress += OnInterrupt;
        try
        {
            var standard = new StandardStreams(
                System.Console.OpenStandardInput(),
                System.Console.OpenStandardOutput(),
                System.Console.Error
            );
            return await RunAsync(arguments, standard, TimeProvider.System, interrupt.Token);
        }
        finally
        {
            System.Console.CancelKeyPress -= OnInterrupt;
        }
    }

    /// <summary>The same with streams and a clock of the caller's.</summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments,
        StandardStreams standard,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var json = false;
        string? file = null;
        foreach (var argument in arguments)
        {
            switch (argument)
            {
                case "--help" or "-h":
                    await standard.Output.WriteAsync(
                        System.Text.Encoding.UTF8.GetBytes(ExplainTexts.Help),
                        cancellationToken
                    );
                    return Done;
                case "--json":
                    json = true;
                    break;
                case ['-', not '\0', ..]:
                    await standard.Errors.WriteLineAsync(ExplainTexts.UnknownOption(argument));
                    return BadArguments;
                default:
                    if (file is not null)
                    {
                        await standard.Errors.WriteLineAsync(ExplainTexts.OneFileOnly);
                        return BadArguments;
                    }

                    file = argument;
                    break;
            }
        }

        var session = new ExplainSession(new ExplainOutput(standard.Output, standard.Errors, json), clock);
        if (file is null or "-")
        {
            return await ReadAsync(session, standard.Input, "stdin", isOpen: true, standard, clock, cancellationToken);
        }

        try
        {
            await using var opened = new FileStream(
                file,
                new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan }
            );
            return await ReadAsync(session, opened, file, isOpen: false, standard, clock, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            await standard.Errors.WriteLineAsync(ExplainTexts.CannotRead(file, fault.Message));
            return BadInput;
        }
    }

    private static async Task<int> ReadAsync(
        ExplainSession session,
        Stream input,
        string name,
        bool isOpen,
        StandardStreams standard,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await TakeAllAsync(session, input, isOpen, clock, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (MalformedInputException fault)
        {
            session.ExplainGathered();
            await standard.Errors.WriteLineAsync(ExplainTexts.Malformed(name, fault.Line, fault.Column, fault.Message));
            return BadInput;
        }

        session.ExplainGathered();
        if (!session.HasInput)
        {
            await standard.Errors.WriteLineAsync(ExplainTexts.NothingGiven);
        }
        else if (!session.FoundRollout)
        {
            await standard.Errors.WriteLineAsync(ExplainTexts.NoRollout(session.Found));
        }

        return Done;
    }

    private static async Task TakeAllAsync(
        ExplainSession session,
        Stream input,
        bool isOpen,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        // A read of the terminal cannot be cancelled; it is left behind, hence no `await foreach`.
        var values = InputValues.ReadAsync(input, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var next = values.MoveNextAsync().AsTask();
            if (isOpen && session.IsGathering && !await ComesSoonAsync(next, clock, cancellationToken))
            {
                session.ExplainGathered();
            }

            if (!await next.WaitAsync(cancellationToken))
            {
                await values.DisposeAsync();
                return;
            }

            using var value = values.Current;
            session.Take(value);
        }
    }

    private static async Task<bool> ComesSoonAsync(
        Task<bool> next,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var quiet = Task.Delay(QuietAfter, clock, cancellationToken);
        return await Task.WhenAny(next, quiet) == next;
    }
}

/// <summary>What a command reads and writes.</summary>
public sealed record StandardStreams(Stream Input, Stream Output, TextWriter Errors);
