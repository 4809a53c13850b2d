using Microsoft.Extensions.Logging;

namespace S3Mount.Fuse.Session;

/// <summary>
/// Serves one mount: reads requests from the device on its reader threads, hands them to the file system, keeps what is in
/// flight, and ends when the kernel says that the mount is gone.
/// </summary>
public sealed class FuseSession : IAsyncDisposable
{
    /// <param name="device">Owned by the session from here on.</param>
    public FuseSession(IFuseDevice device, IFuseFileSystem fileSystem, FuseSessionOptions options, ILogger logger) => throw new NotImplementedException();

    /// <summary>Starts the reader threads. Completes when INIT has been answered: the mount is usable.</summary>
    /// <exception cref="FuseException">The kernel speaks a protocol older than 7.31, or the connection ended before INIT.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Completes when the connection has ended (unmounted, aborted) and every request in flight is finished.</summary>
    public Task Completion => throw new NotImplementedException();

    /// <summary>Requests by opcode since the start, counted as they are read; for tests, status and telemetry.</summary>
    public FuseStatistics Statistics => throw new NotImplementedException();

    /// <summary>
    /// Ends the session without waiting for the kernel: requests in flight get the drain timeout, then EIO. Unmount first; a
    /// session ended under a live mount leaves it answering ENOTCONN.
    /// </summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
