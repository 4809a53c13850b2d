using Microsoft.Extensions.Logging;

namespace S3Mount.Logging;

/// <summary>Writes each entry as one line into a queue. Stacks are shown from Debug on.</summary>
internal sealed class LineLogger(LogQueue queue, LogLevel least) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            queue.Post(logLevel, LineFormat.OneLine(formatter(state, exception), exception, withStack: least <= LogLevel.Debug));
    }
}
