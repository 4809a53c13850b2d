using System.Globalization;

namespace S3Mount.Configuration;

/// <summary>
/// When the kernel itself loses patience: from Linux 6.15 on it aborts a whole mount when one request has not been answered in time,
/// if the administrator has set fs.fuse.default_request_timeout or max_request_timeout (Documentation/admin-guide/sysctl/fs.rst;
/// init_server_timeout in fs/fuse/inode.c, v6.18). s3mount asks for none of its own.
/// </summary>
internal static class KernelTimeout
{
    // Time is looked at every 15 s, so the kernel gives no less (FUSE_TIMEOUT_TIMER_FREQ, fs/fuse/fuse_i.h, v6.18).
    private static readonly TimeSpan _least = TimeSpan.FromSeconds(15);

    // Beside it: a request is counted from when it was made, which is before it was read, and is ended up to a twentieth or 5 s late.
    private static readonly TimeSpan _leastMargin = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan _mostMargin = TimeSpan.FromSeconds(30);

    /// <param name="root"><c>/</c>, or a directory that stands for it in a test.</param>
    /// <returns>Null: none.</returns>
    public static TimeSpan? Read(string root)
    {
        int asked = ReadSeconds(Path.Combine(root, "proc/sys/fs/fuse/default_request_timeout"));
        int most = ReadSeconds(Path.Combine(root, "proc/sys/fs/fuse/max_request_timeout"));
        int seconds = most > 0 && (asked == 0 || most < asked) ? most : asked;
        if (seconds == 0)
            return null;
        var timeout = TimeSpan.FromSeconds(seconds);
        return timeout < _least ? _least : timeout;
    }

    /// <summary>The longest that a request may wait so that the kernel never aborts the mount.</summary>
    public static TimeSpan LongestDeadline(TimeSpan timeout)
    {
        TimeSpan margin = timeout / 4;
        return timeout - (margin < _leastMargin ? _leastMargin : margin > _mostMargin ? _mostMargin : margin);
    }

    private static int ReadSeconds(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? seconds : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A kernel that knows no timeout.
            return 0;
        }
    }
}
