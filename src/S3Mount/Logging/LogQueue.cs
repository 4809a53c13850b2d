using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace S3Mount.Logging;

/// <summary>
/// Between those who log and the sink, so that a slow disk or a terminal that nobody reads never holds up a request. Bounded:
/// what does not fit is dropped, counted, and the count is logged once there is room. Owns the sink.
/// </summary>
internal sealed class LogQueue : IDisposable
{
    /// <summary>Some thousand lines: a burst of failures, seconds of a stalled disk.</summary>
    public const long Capacity = 1 << 20;

    /// <summary>Beside its characters a queued line costs an entry and a string header.</summary>
    private const int EntryOverhead = 64;

    /// <summary>A log that takes longer than this at the end is not waited for.</summary>
    private static readonly TimeSpan _flushDeadline = TimeSpan.FromSeconds(2);

    private readonly BlockingCollection<(LogLevel Level, DateTimeOffset Time, string Message)> _lines = [];
    private readonly ILogSink _sink;
    private readonly TimeProvider _timeProvider;
    private readonly Thread _writer;
    private long _bytes;
    private long _dropped;

    public LogQueue(ILogSink sink, TimeProvider timeProvider)
    {
        _sink = sink;
        _timeProvider = timeProvider;
        _writer = new Thread(WriteAll) { Name = "log", IsBackground = true };
        _writer.Start();
    }

    /// <summary>Any thread; never blocks on the sink.</summary>
    public void Post(LogLevel level, string message)
    {
        long size = Size(message);
        if (Interlocked.Add(ref _bytes, size) > Capacity)
        {
            Interlocked.Add(ref _bytes, -size);
            Interlocked.Increment(ref _dropped);
            return;
        }
        try
        {
            _lines.Add((level, _timeProvider.GetUtcNow(), message));
        }
        catch (InvalidOperationException)
        {
            // Closed: the process is ending.
        }
    }

    public void Reopen() => _sink.Reopen();

    /// <summary>Writes what is queued, within a deadline.</summary>
    public void Dispose()
    {
        if (_lines.IsAddingCompleted)
            return;
        _lines.CompleteAdding();
        if (_writer.Join(_flushDeadline))
            _sink.Dispose();
    }

    private void WriteAll()
    {
        foreach ((LogLevel level, DateTimeOffset time, string message) in _lines.GetConsumingEnumerable())
        {
            _sink.Write(level, time, message);
            Interlocked.Add(ref _bytes, -Size(message));
            long dropped = Interlocked.Exchange(ref _dropped, 0);
            if (dropped > 0)
                _sink.Write(LogLevel.Warning, _timeProvider.GetUtcNow(), string.Create(CultureInfo.InvariantCulture, $"{dropped} log lines were dropped"));
        }
    }

    private static long Size(string message) => EntryOverhead + (2L * message.Length);
}
