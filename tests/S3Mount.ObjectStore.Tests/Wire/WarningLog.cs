using Microsoft.Extensions.Logging;

namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>Keeps the warnings and what is worse, or more than that.</summary>
internal sealed class WarningLog : ILogger
{
    private readonly List<string> _lines = [];

    public LogLevel Least { get; init; } = LogLevel.Warning;

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= Least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        lock (_lines)
            _lines.Add(formatter(state, exception));
    }
}
