using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

/// <summary>
/// The connection to the kernel: /dev/fuse, or a stand-in in tests. Every message is read and written whole by one call.
/// </summary>
public interface IFuseDevice : IDisposable
{
    /// <summary>
    /// Waits for a request and copies it into <paramref name="buffer"/>. Any thread, several at once. ENODEV (unmounted) and
    /// ECONNABORTED (aborted) end the session; ENOENT, EINTR and EAGAIN mean "again".
    /// </summary>
    /// <param name="isQuiet">Nobody waits for an answer: the next request is likely that of whoever had the last one.</param>
    Errno Receive(Span<byte> buffer, bool isQuiet, out int length);

    /// <summary>Writes one message, header first. Any thread. ENOENT: the kernel no longer waits for this answer.</summary>
    Errno Send(ReadOnlySpan<FuseSlice> message);

    /// <summary>Wakes every thread in <see cref="Receive"/>; it and all later calls return ENODEV. Any thread, idempotent.</summary>
    void Close();
}
