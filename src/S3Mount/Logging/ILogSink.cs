using Microsoft.Extensions.Logging;

namespace S3Mount.Logging;

/// <summary>Where log lines end. Called from one thread; may block.</summary>
internal interface ILogSink : IDisposable
{
    /// <param name="message">One line, without its end.</param>
    void Write(LogLevel level, DateTimeOffset time, string message);

    /// <summary>Opens the file anew after it has been renamed (logrotate); nothing for what is not a file.</summary>
    void Reopen();
}
