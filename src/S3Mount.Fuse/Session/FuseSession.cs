using Microsoft.Extensions.Logging;
using Mono.Unix.Native;

namespace S3Mount.Fuse.Session;

/// <summary>
/// Serves one mount: reads requests from the device on its reader threads, hands them to the file system, keeps what is in
/// flight, and ends when the kernel says that the mount is gone.
/// </summary>
/// <remarks>
/// Life: created, started (the first reader answers INIT, then starts the others), ended (the first reader that sees the end
/// wakes the others; the last one to leave starts the drain). No lock is held anywhere: readers share the in-flight table and
/// the device, both of which take several threads.
/// </remarks>
public sealed partial class FuseSession : IAsyncDisposable
{
    /// <summary>How long operations get to answer after their tokens have tripped, where the drain timeout is already over.</summary>
    private static readonly TimeSpan _cancellationGrace = TimeSpan.FromSeconds(1);

    private readonly IFuseDevice _device;
    private readonly IFuseFileSystem _fileSystem;
    private readonly FuseSessionOptions _options;
    private readonly ILogger _logger;
    private readonly FuseReader[] _readers;
    private readonly InFlightTable _inFlight = new();
    private readonly RequestWatch _watch;
    private readonly FuseNotifier _notifier;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _readersEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _drainTimeout; // ticks
    private int _startCalled;
    private int _ending;
    private int _runningReaders;
    private int _endReason;
    private bool _isInitialized;
    private bool _isClosedHere;

    /// <param name="device">Owned by the session from here on.</param>
    public FuseSession(IFuseDevice device, IFuseFileSystem fileSystem, FuseSessionOptions options, ILogger logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ReaderThreads, 1);
        _device = device;
        _fileSystem = fileSystem;
        _options = options;
        _logger = logger;
        _notifier = new FuseNotifier(device, logger);
        _readers = [.. Enumerable.Range(0, options.ReaderThreads).Select(index => new FuseReader(this, device, index))];
        FuseReaderCounters[] counters = [.. _readers.Select(reader => reader.Counters)];
        _watch = new RequestWatch(_inFlight, counters, options.RequestDeadline, options.TimeProvider, logger);
        _drainTimeout = options.DrainTimeout.Ticks;
        Statistics = new FuseStatistics(counters, _inFlight, _watch);
    }

    /// <summary>
    /// Completes when the connection has ended (unmounted, aborted) and every request in flight is finished. Fails with
    /// <see cref="FuseException"/> when the device stopped working in another way.
    /// </summary>
    public Task Completion => _completion.Task;

    /// <summary>Requests by opcode since the start, counted as they are read; for tests, status and telemetry.</summary>
    public FuseStatistics Statistics { get; }

    /// <summary>Whether nobody waits for an answer.</summary>
    internal bool IsQuiet => _inFlight.Count == 0;

    /// <summary>Starts the reader threads. Completes when INIT has been answered: the mount is usable.</summary>
    /// <exception cref="FuseException">The kernel speaks a protocol older than 7.31, or the connection ended before INIT.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _startCalled, 1) != 0)
            throw new InvalidOperationException("A session is started once.");
        Interlocked.Increment(ref _runningReaders);
        _watch.Start();
        _readers[0].Start();
        try
        {
            await _started.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Close();
            throw;
        }
    }

    /// <summary>What follows may take no longer than this for what is in flight; for an end that is in a hurry. Any thread.</summary>
    public void HurryDrain(TimeSpan most) => Interlocked.Exchange(ref _drainTimeout, Math.Min(_options.DrainTimeout.Ticks, most.Ticks));

    /// <summary>
    /// Ends the session without waiting for the kernel: requests in flight get the drain timeout, then EIO. Unmount first; a
    /// session ended under a live mount leaves it answering ENOTCONN.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        if (Interlocked.Exchange(ref _startCalled, 1) == 0)
            BeginEnd();
        else if (await Task.WhenAny(_readersEnded.Task, Delay(DrainTimeout)) != _readersEnded.Task)
        {
            // Background threads do not keep the process alive; the descriptor stays open as long as they sit in it.
            _logger.ReadersStuck(Volatile.Read(ref _runningReaders), DrainTimeout);
            BeginEnd();
        }
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Called by each reader as its last act.</summary>
    internal void ReaderEnded(Errno reason)
    {
        Interlocked.CompareExchange(ref _endReason, (int)reason, 0);
        // The kernel wakes every reader at an unmount; after any other end the rest must not stay behind.
        _device.Close();
        if (Interlocked.Decrement(ref _runningReaders) == 0)
        {
            _readersEnded.TrySetResult();
            BeginEnd();
        }
    }

    private TimeSpan DrainTimeout => TimeSpan.FromTicks(Interlocked.Read(ref _drainTimeout));

    private void Close()
    {
        if (Volatile.Read(ref _runningReaders) > 0)
            Volatile.Write(ref _isClosedHere, true);
        _device.Close();
    }

    private void StartOtherReaders()
    {
        Interlocked.Add(ref _runningReaders, _readers.Length - 1);
        foreach (FuseReader reader in _readers.AsSpan(1))
            reader.Start();
    }

    private void BeginEnd()
    {
        if (Interlocked.Exchange(ref _ending, 1) == 0)
            _ = Task.Run(EndAsync);
    }

    private async Task EndAsync()
    {
        Exception? failure = null;
        try
        {
            var reason = (Errno)Volatile.Read(ref _endReason);
            _logger.ConnectionEnded(reason);
            _started.TrySetException(new FuseException(FuseFailure.Protocol, "the connection to the kernel ended before INIT: it was unmounted or aborted; mount again"));
            await (_detachDrain is { } drain ? DrainDetachedAsync(drain) : DrainAsync());
            await _notifier.StopAsync();
            _detached?.Invoke();
            if (reason is not (0 or Errno.ENODEV or Errno.ECONNABORTED))
                failure = new FuseException(FuseFailure.MountFailed, $"reading from /dev/fuse failed ({reason}); unmount and mount again");
        }
        catch (Exception unexpected)
        {
            failure = unexpected;
        }
        finally
        {
            _watch.Dispose();
            DestroyFileSystem();
            _device.Dispose();
            if (failure is null)
                _completion.TrySetResult();
            else
                _completion.TrySetException(failure);
        }
    }

    /// <summary>
    /// Finishes what is in flight. When the kernel is gone nobody waits for the answers: tokens trip at once, and operations
    /// get the drain timeout to let go. When the session was closed under a live mount they first get that time to answer.
    /// </summary>
    private async Task DrainAsync()
    {
        Task drained = _inFlight.WhenDrained();
        if (!Volatile.Read(ref _isClosedHere))
            _inFlight.CancelAll();
        if (await Task.WhenAny(drained, Delay(DrainTimeout)) == drained)
            return;
        _inFlight.CancelAll();
        if (await Task.WhenAny(drained, Delay(_cancellationGrace)) == drained)
            return;
        int failed = _inFlight.FailAll();
        if (failed > 0)
            _logger.DrainExpired(failed, DrainTimeout + _cancellationGrace);
    }

    private Task Delay(TimeSpan time) => Task.Delay(time, _options.TimeProvider);

    private void DestroyFileSystem()
    {
        if (!Volatile.Read(ref _isInitialized))
            return;
        try
        {
            _fileSystem.Destroy();
        }
        catch (Exception failure)
        {
            _logger.FileSystemFailed(failure, nameof(IFuseFileSystem.Destroy));
        }
    }
}
