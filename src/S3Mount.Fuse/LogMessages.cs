using Microsoft.Extensions.Logging;
using Mono.Unix.Native;

namespace S3Mount.Fuse;

/// <summary>Everything that this library logs. Event ids are stable: 100-119 protocol, 120-139 session, 140-159 notifications.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(100, LogLevel.Warning, "malformed {Operation} (unique {Unique}, {Length} bytes) answered with {Error}: {Reason}")]
    public static partial void Malformed(this ILogger logger, string operation, ulong unique, int length, Errno error, string reason);

    [LoggerMessage(101, LogLevel.Error, "READ of {Size} bytes at {Offset} (unique {Unique}): {Length} bytes were given, {Expected} are due; answered with EIO, because the kernel would take it for the end of the file")]
    public static partial void WrongReadLength(this ILogger logger, uint size, ulong offset, ulong unique, long length, ulong expected);

    [LoggerMessage(102, LogLevel.Error, "{Operation} (unique {Unique}) was answered twice; the second answer is dropped")]
    public static partial void AnsweredTwice(this ILogger logger, string operation, ulong unique);

    [LoggerMessage(103, LogLevel.Warning, "{Operation} (unique {Unique}) ended without an answer; answered with EIO")]
    public static partial void NotAnswered(this ILogger logger, string operation, ulong unique);

    [LoggerMessage(104, LogLevel.Error, "{Operation} (unique {Unique}) failed; answered with EIO")]
    public static partial void OperationFailed(this ILogger logger, Exception exception, string operation, ulong unique);

    [LoggerMessage(105, LogLevel.Error, "the kernel refused the answer to {Operation} (unique {Unique}) with {Error}")]
    public static partial void AnswerRefused(this ILogger logger, string operation, ulong unique, Errno error);

    [LoggerMessage(120, LogLevel.Information, "FUSE 7.{Minor}: max_readahead {MaxReadahead}, flags {Flags}")]
    public static partial void Negotiated(this ILogger logger, int minor, uint maxReadahead, string flags);

    [LoggerMessage(142, LogLevel.Information, "going on with FUSE 7.{Minor}, flags {Flags}, where another process has stopped")]
    public static partial void Resumed(this ILogger logger, int minor, string flags);

    [LoggerMessage(121, LogLevel.Error, "reading from the device failed with {Error}")]
    public static partial void ReceiveFailed(this ILogger logger, Errno error);

    [LoggerMessage(122, LogLevel.Warning, "{Count} requests were still in flight {Timeout} after the end of the connection; answered with EIO")]
    public static partial void DrainExpired(this ILogger logger, int count, TimeSpan timeout);

    [LoggerMessage(123, LogLevel.Error, "the file system failed in {Operation}")]
    public static partial void FileSystemFailed(this ILogger logger, Exception exception, string operation);

    [LoggerMessage(124, LogLevel.Debug, "connection ended ({Reason})")]
    public static partial void ConnectionEnded(this ILogger logger, Errno reason);

    [LoggerMessage(125, LogLevel.Error, "a reader thread failed")]
    public static partial void ReaderFailed(this ILogger logger, Exception exception);

    [LoggerMessage(126, LogLevel.Error, "{Count} reader threads did not leave the device within {Timeout}")]
    public static partial void ReadersStuck(this ILogger logger, int count, TimeSpan timeout);

    [LoggerMessage(127, LogLevel.Error, "{Operation} (unique {Unique}, node {Node}) of process {Pid} was told to end and has not, {Seconds} s after it was asked for; answered in its place. This is a fault of s3mount: please report it")]
    public static partial void RequestOverdue(this ILogger logger, string operation, ulong unique, ulong node, uint pid, long seconds);

    [LoggerMessage(128, LogLevel.Error, "a reader thread has been at one request for {Seconds} s. This is a fault of s3mount: please report it")]
    public static partial void ReaderStuck(this ILogger logger, long seconds);

    [LoggerMessage(129, LogLevel.Warning, "{Count} requests had waited for {Seconds} s (--io-deadline) and were answered with EIO; the lines on the store say what is wrong")]
    public static partial void RequestsLate(this ILogger logger, long count, long seconds);

    [LoggerMessage(140, LogLevel.Warning, "more notifications than fit into {Limit} bytes: the oldest are dropped, and what they named may stay stale until its timeout (logged once)")]
    public static partial void NotificationsDropped(this ILogger logger, int limit);

    [LoggerMessage(141, LogLevel.Warning, "notification {Code} was refused with {Error}")]
    public static partial void NotificationRefused(this ILogger logger, string code, Errno error);
}
