using Microsoft.Extensions.Logging;
using Mono.Unix.Native;

namespace S3Mount.Logging;

/// <summary>The machine's log, for a daemon without --log-file: syslog(3), which is the journal where systemd runs.</summary>
internal sealed class SyslogSink : ILogSink
{
    /// <summary>Without a name of our own, lines begin with the program's: <c>s3mount[123]: ...</c>.</summary>
    public SyslogSink() => _ = Syscall.openlog(IntPtr.Zero, SyslogOptions.LOG_PID, SyslogFacility.LOG_DAEMON);

    public static bool IsAvailable => File.Exists("/dev/log");

    public void Write(LogLevel level, DateTimeOffset time, string message) =>
        Syscall.syslog(SyslogFacility.LOG_DAEMON, Level(level), message);

    public void Reopen()
    {
    }

    public void Dispose() => _ = Syscall.closelog();

    private static SyslogLevel Level(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => SyslogLevel.LOG_DEBUG,
        LogLevel.Information => SyslogLevel.LOG_INFO,
        LogLevel.Warning => SyslogLevel.LOG_WARNING,
        LogLevel.Error => SyslogLevel.LOG_ERR,
        _ => SyslogLevel.LOG_CRIT,
    };
}
