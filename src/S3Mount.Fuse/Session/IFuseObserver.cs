using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

/// <summary>
/// Told of every request that was answered. Called on the thread that answered it, several at once, between that request and the next: it must
/// not wait, should not allocate and never throws.
/// </summary>
public interface IFuseObserver
{
    /// <param name="elapsed">From the moment that the request was read from the device until its answer was written.</param>
    /// <param name="error">0 when it succeeded; some are everyday (ENOENT for a name that is not there, ENOSYS).</param>
    void Answered(FuseOpcode opcode, TimeSpan elapsed, Errno error);
}
