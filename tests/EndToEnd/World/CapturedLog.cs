using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <summary>What the service logged, kept for the test instead of printed.</summary>
internal sealed class CapturedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> lines = new();

    /// <summary>Every line, oldest first.</summary>
    public IReadOnlyList<string> Lines => [.. lines.Select(line => $"{line.Level}: {line.Text}")];

    /// <summary>Faults that the service did not expect.</summary>
    public IReadOnlyList<string> Errors =>
        [.. lines.Where(line => line.Level >= LogLevel.Error).Select(line => line.Text)];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, lines);

    public void Dispose() { }

    private sealed class Logger(string category, ConcurrentQueue<(LogLevel, string)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
            {
                lines.Enqueue((logLevel, $"{category} {formatter(state, exception)} {exception}".TrimEnd()));
            }
        }
    }
}
