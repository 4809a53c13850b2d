using Microsoft.Extensions.Logging;

namespace S3Mount.Logging;

/// <summary>Passes a log on and remembers its last warning or error, whatever the log's own level. Any thread.</summary>
internal sealed class LastFailure(ILogger log, TimeProvider timeProvider) : ILogger
{
    private Entry? _last;

    /// <summary>Null: none so far.</summary>
    public Entry? Find() => Volatile.Read(ref _last);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => log.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => (logLevel >= LogLevel.Warning && logLevel != LogLevel.None) || log.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Warning && logLevel != LogLevel.None)
            Volatile.Write(ref _last, new Entry(timeProvider.GetUtcNow(), LineFormat.OneLine(formatter(state, exception), exception, withStack: false)));
        log.Log(logLevel, eventId, state, exception, formatter);
    }

    internal sealed record Entry(DateTimeOffset Time, string Message);
}
