using System.Runtime.InteropServices;
using S3Mount.Interop;

namespace S3Mount.Hosting;

/// <summary>Whether anybody serves a FUSE mount.</summary>
internal enum MountHealth
{
    /// <summary>It answered, or would not tell this user.</summary>
    Alive,
    /// <summary>Its daemon is gone (ENOTCONN), or its connection was aborted (ECONNABORTED): nothing will answer there again.</summary>
    Dead,
    /// <summary>No answer before the deadline.</summary>
    Silent,
}

/// <summary>Asks a mount of another process for its statfs.</summary>
internal static class MountProbe
{
    /// <summary>A daemon answers statfs by itself, in microseconds.</summary>
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(2);

    public static async Task<MountHealth> AskAsync(string mountpoint, TimeProvider timeProvider)
    {
        var answer = new TaskCompletionSource<MountHealth>(TaskCreationOptions.RunContinuationsAsynchronously);
        // Its own thread: a silent daemon keeps it until this process ends (waits in FUSE end with the process).
        var thread = new Thread(() => answer.TrySetResult(Ask(mountpoint))) { IsBackground = true, Name = "probe" };
        thread.Start();
        try
        {
            return await answer.Task.WaitAsync(_deadline, timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return MountHealth.Silent;
        }
    }

    private static MountHealth Ask(string mountpoint)
    {
        Span<byte> statfs = stackalloc byte[256];
        int result = LibC.StatFs(mountpoint, statfs);
        return result < 0 && Marshal.GetLastPInvokeError() is LibC.ENOTCONN or LibC.ECONNABORTED ? MountHealth.Dead : MountHealth.Alive;
    }
}
