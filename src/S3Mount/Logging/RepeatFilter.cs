using System.Globalization;
using Microsoft.Extensions.Logging;

namespace S3Mount.Logging;

/// <summary>
/// Says what comes with each request once a minute for each cause: a denied directory of ten thousand files has one. How many more
/// there were is said with the next. All other entries pass. Any thread.
/// </summary>
internal sealed class RepeatFilter(ILogger log, TimeProvider timeProvider) : ILogger
{
    private static readonly TimeSpan _saidEvery = TimeSpan.FromMinutes(1);

    // Failed requests of the file system and of the session: one entry a request each.
    private static readonly HashSet<int> _repeated = [202, 203, 204, 100, 101, 102, 103, 104, 105];

    private readonly Lock _gate = new();
    private readonly Dictionary<(int Id, string? Errno), Cause> _causes = []; // guarded by _gate; as many as events times errnos

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => log.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!_repeated.Contains(eventId.Id) || log.IsEnabled(LogLevel.Debug))
        {
            log.Log(logLevel, eventId, state, exception, formatter);
            return;
        }
        if (!log.IsEnabled(logLevel) || !TryTake((eventId.Id, ErrnoOf(state)), out long unsaid))
            return;
        log.Log(logLevel, eventId, state, exception, unsaid == 0 ? formatter : Counted);

        string Counted(TState entry, Exception? failure) =>
            string.Create(CultureInfo.InvariantCulture, $"{formatter(entry, failure)} ({unsaid} more like this since it was said last)");
    }

    private static string? ErrnoOf<TState>(TState state)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> values)
            return null;
        foreach ((string name, object? value) in values)
        {
            if (name is "Errno" or "Error")
                return value?.ToString();
        }
        return null;
    }

    private bool TryTake((int Id, string? Errno) name, out long unsaid)
    {
        lock (_gate)
        {
            long now = timeProvider.GetTimestamp();
            unsaid = 0;
            if (!_causes.TryGetValue(name, out Cause? cause))
            {
                _causes.Add(name, new Cause { Said = now });
                return true;
            }
            if (timeProvider.GetElapsedTime(cause.Said, now) < _saidEvery)
            {
                cause.Unsaid++;
                return false;
            }
            (unsaid, cause.Unsaid, cause.Said) = (cause.Unsaid, 0, now);
            return true;
        }
    }

    private sealed class Cause
    {
        public long Said { get; set; }

        public long Unsaid { get; set; }
    }
}
