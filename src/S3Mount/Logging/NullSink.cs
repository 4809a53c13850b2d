using Microsoft.Extensions.Logging;

namespace S3Mount.Logging;

/// <summary>Nowhere: a daemon without --log-file on a machine without a system log.</summary>
internal sealed class NullSink : ILogSink
{
    public void Write(LogLevel level, DateTimeOffset time, string message)
    {
    }

    public void Reopen()
    {
    }

    public void Dispose()
    {
    }
}
