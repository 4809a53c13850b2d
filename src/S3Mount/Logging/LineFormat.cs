using System.Globalization;
using Microsoft.Extensions.Logging;

namespace S3Mount.Logging;

/// <summary>One entry, one line.</summary>
internal static class LineFormat
{
    /// <summary><c>2026-03-01T12:00:00.000Z INFO mounted ...</c></summary>
    public static string WithTime(LogLevel level, DateTimeOffset time, string message) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {Name(level)} {message}\n");

    /// <summary>The journal keeps time itself and takes the priority from <c>&lt;N&gt;</c> (sd-daemon(3)).</summary>
    public static string ForJournal(LogLevel level, string message) => string.Create(CultureInfo.InvariantCulture, $"<{Priority(level)}>{message}\n");

    /// <summary>Message and exception with their line ends shown as spaces.</summary>
    public static string OneLine(string message, Exception? exception, bool withStack)
    {
        string text = exception is null ? message : $"{message}: {(withStack ? exception.ToString() : Chain(exception))}";
        return text.AsSpan().ContainsAny('\n', '\r') ? text.ReplaceLineEndings(" ") : text;
    }

    private static string Chain(Exception exception) =>
        exception.InnerException is null ? exception.Message : $"{exception.Message} ({exception.InnerException.Message})";

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        _ => "ERROR",
    };

    /// <summary>syslog(3).</summary>
    private static int Priority(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => 7,
        LogLevel.Information => 6,
        LogLevel.Warning => 4,
        LogLevel.Error => 3,
        _ => 2,
    };
}
