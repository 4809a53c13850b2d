using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace S3Mount.Logging;

/// <summary>Standard error; with priorities instead of times when it is the journal.</summary>
internal sealed class StreamSink(Stream stream, bool isJournal) : ILogSink
{
    private const int StandardError = 2;

    /// <param name="journalStream">JOURNAL_STREAM: <c>device:inode</c> of what systemd connected (systemd.exec(5)).</param>
    public static StreamSink OpenStandardError(string? journalStream)
    {
        // A redirection after systemd's leaves JOURNAL_STREAM behind, so the inode has to match.
        string? inode = journalStream?.Split(':') is [_, var second] ? second : null;
        bool isJournal = inode is not null && new FileInfo("/proc/self/fd/2").LinkTarget is string link && link.EndsWith($"[{inode}]", StringComparison.Ordinal);
        return new StreamSink(new FileStream(new SafeFileHandle(StandardError, ownsHandle: false), FileAccess.Write, bufferSize: 0), isJournal);
    }

    public void Write(LogLevel level, DateTimeOffset time, string message)
    {
        string line = isJournal ? LineFormat.ForJournal(level, message) : LineFormat.WithTime(level, time, message);
        try
        {
            stream.Write(Encoding.UTF8.GetBytes(line));
        }
        catch (IOException)
        {
            // Nobody reads standard error any more; there is no other place to say so.
        }
    }

    public void Reopen()
    {
    }

    public void Dispose() => stream.Dispose();
}
