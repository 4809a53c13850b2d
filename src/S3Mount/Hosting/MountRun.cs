using Microsoft.Extensions.Logging;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Control;
using S3Mount.Control.Http;
using S3Mount.FileSystem;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.SavedListings;
using S3Mount.FileSystem.Snapshots;
using S3Mount.Fuse;
using S3Mount.Fuse.Mounting;
using S3Mount.Fuse.Session;
using S3Mount.Hosting.Handover;
using S3Mount.Hosting.Services;
using S3Mount.Logging;
using S3Mount.ObjectStore;
using S3Mount.ObjectStore.S3;
using S3Mount.Telemetry;
using S3Mount.Telemetry.Otlp;

namespace S3Mount.Hosting;

/// <summary>
/// One mount from its first check to its end: mountpoint, store, prefix, mount, session; then it waits for a signal or for the
/// mount to go, and takes everything down in the opposite order. Nothing stays mounted when a step fails.
/// </summary>
internal sealed class MountRun(MountSettings settings, string mountpoint, ILogger log, TimeProvider timeProvider)
{
    /// <summary>The kernel sends INIT as soon as it is mounted.</summary>
    private static readonly TimeSpan _initDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Time for readers to close their files; about half of what there is (<see cref="StopBudget"/>).</summary>
    private static readonly TimeSpan _busyDeadline = TimeSpan.FromSeconds(4);

    /// <summary>A hundred million bytes on a slow disk. What is not saved in time is as it was saved before.</summary>
    private static readonly TimeSpan _saveDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Of what a stop may take: for what is in flight, and for disk and store.</summary>
    private static readonly TimeSpan _drainReserve = TimeSpan.FromSeconds(3);

    /// <summary>Whoever reads still has had the time for busy files. Then the tokens trip, and a second later nobody waits any more.</summary>
    private static readonly TimeSpan _hurriedDrain = TimeSpan.FromMilliseconds(500);

    /// <summary>A mount that has just ended may write its listings for ten seconds; what comes on top is a disk that hangs.</summary>
    private static readonly TimeSpan _openDeadline = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan _busyPause = TimeSpan.FromMilliseconds(100);

    /// <summary>As long as the largest READ: anything less cuts it into pieces (fs/fuse/file.c asks for what readahead plans).</summary>
    private const int ReadaheadKibibytes = 1024;

    /// <summary>
    /// A tenth of a second of a good disk. It is memory of the budget: of a small one a quarter. Of a gibibyte that
    /// one reader reads in order 59 to 80 % are kept, for 4 to 15 % of the throughput (two cores); with 256 MiB 77 to 93 %, for 3 to 42 %, the
    /// latter where memory is new to the machine.
    /// </summary>
    private const long MaxWaitingForDisk = 64 << 20;

    /// <summary>Eight parts of the largest size; of a small budget a quarter, too: a disk that hangs keeps so much.</summary>
    private const long MaxReadingFromDisk = 64 << 20;

    /// <summary>
    /// For what is in flight when the mount is left to another process: what comes from a store that is well has come by then (p99.9 below 1 s),
    /// and the rest is asked for again. Readers wait meanwhile.
    /// </summary>
    private static readonly TimeSpan _handoverDrain = TimeSpan.FromSeconds(1);

    private readonly LastFailure _logger = new(log, timeProvider);
    private readonly MountTelemetry _telemetry = new(timeProvider, OtlpSettings.MeterIfAsked(Environment.GetEnvironmentVariable));
    private readonly ServedState _state = new(mountpoint);
    private readonly StopBudget _stop = new(timeProvider);
    private readonly int? _passed = PassedDevice.Find(mountpoint);
    private MountIdentity? _identity; // of one that may outlive this process
    private bool _isLeft;

    /// <summary>Told of what the caller should know although the mount goes on.</summary>
    public Action<string> Notice { get; init; } = _ => { };

    /// <summary>Called when the mount answers; throws when nobody wants it any more.</summary>
    public Action Ready { get; init; } = () => { };

    public ServiceNotifier Notifier { get; init; } = new(null);

    /// <summary>Of a mount that may outlive its process; null: it ends with it.</summary>
    public MountHandover? Handover { get; init; }

    // A link to a larger disk is the caller's own; what it leads to is looked at (PrivateDirectory).
    private string? Cache => settings.Cache is { } directory ? MountpointPath.Resolve(directory) : null;

    /// <summary>Returns when the mount is gone, in order.</summary>
    /// <exception cref="StartupException">The mount could not be made.</exception>
    /// <exception cref="FuseException">Likewise, or the session broke.</exception>
    public async Task RunAsync(StopSignals signals)
    {
        long start = timeProvider.GetTimestamp();
        _logger.Mounting(ProgramVersion.Text, settings.Url, mountpoint, settings.Memory >> 20);
        Notifier.Status($"mounting {settings.Url} at {mountpoint}");
        // A million files take 130 ms, as long as all else that is done before the first request.
        Task<SnapshotFile>? loading = settings.Snapshot is { } file ? Task.Run(() => SnapshotCheck.Open(settings, file)) : null;
        if (_passed is null && Handover is not null)
            _identity = await MountIdentity.OfAsync(settings, mountpoint, loading, timeProvider, signals.Stopping).ConfigureAwait(false);
        TakenMount? taken = _identity is null ? null : Handover?.Take(_identity);
        try
        {
            await RunAsync(taken, loading, start, signals).ConfigureAwait(false);
        }
        catch (Exception e) when (taken is not null && !_isLeft)
        {
            // Nobody waits for ever for a start that fails. As after a crash the mount stays, dead: an empty directory would say that there is no
            // data. One that is stopped to be started once more leaves it as it was, and where there is no next start it goes.
            bool isStopped = signals.Stopping.IsCancellationRequested;
            if (isStopped && await Handover!.IsWantedAsync().ConfigureAwait(false))
                throw new StartupException($"stopped before {mountpoint} answered again; it is left to the process that comes next", e);
            if (isStopped || e is UsageException)
                TakeDown(taken.Mount);
            taken.Mount.Device.Dispose();
            Handover?.LetGo();
            throw;
        }
    }

    private async Task RunAsync(TakenMount? taken, Task<SnapshotFile>? loading, long start, StopSignals signals)
    {
        // What is mounted already is not looked at: this process serves it.
        if (taken is null && _passed is null)
        {
            StartCheck.CheckMountpoint(mountpoint, settings);
            FuseMount.CheckMachine();
        }
        foreach (string warning in settings.Warnings)
            Warn(warning);
        // Before the store is asked: a port that is taken is known at once, and probes see a mount that is not ready yet.
        HttpServer? metrics = settings.MetricsListen is { } address ? MetricsListener.Open(address, _state, timeProvider, _logger) : null;
        try
        {
            await ServeAsync(taken, loading, start, signals).ConfigureAwait(false);
        }
        finally
        {
            _state.Ending();
            if (metrics is not null)
                await metrics.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(TakenMount? taken, Task<SnapshotFile>? loading, long start, StopSignals signals)
    {
        S3ObjectStore store = await OpenStoreAsync(loading, signals.Stopping).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            taken = taken is null ? null : Handover?.Confirm(taken, NameOf(store));
            SnapshotFile? snapshot = loading is null ? null : await loading.ConfigureAwait(false);
            // A pinned dataset is listed nowhere.
            SavedListingsFile? saved = snapshot is null ? await OpenSavedListingsAsync(store, signals.Stopping).ConfigureAwait(false) : null;
            DiskCache? disk = OpenDiskCache(store);
            try
            {
                // What a large cache has is found in a fraction of a second; readers that came before would fetch it again.
                if (disk is not null)
                    await disk.WaitForLoadAsync(signals.Stopping).ConfigureAwait(false);
                await MountAsync(store, settings.ToFileSystemOptions(snapshot, saved, disk), taken, start, signals).ConfigureAwait(false);
            }
            finally
            {
                if (disk is not null)
                    await disk.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task MountAsync(S3ObjectStore store, ObjectFileSystemOptions files, TakenMount? taken, long start, StopSignals signals)
    {
        ObjectFileSystem fileSystem = CreateFileSystem(store, files);
        await using (fileSystem.ConfigureAwait(false))
        {
            FuseMount mount = taken?.Mount ?? CreateMount();
            FuseSessionOptions options = settings.ToSessionOptions() with
            {
                Observer = _telemetry.KernelObserver,
                Resumed = taken?.Agreement,
                ForgetsNames = Handover is { IsAfterCrash: true },
            };
            var session = new FuseSession(mount.Device, fileSystem, options, _logger);
            await using (session.ConfigureAwait(false))
            {
                using ThroughputMeter throughput = _telemetry.MeterOf(session, fileSystem, store);
                var running = new ServedMount(settings, mount, session, fileSystem, store, _logger, timeProvider.GetUtcNow(), _telemetry, throughput);
                await ServeAsync(running, taken is not null, start, signals).ConfigureAwait(false);
                await fileSystem.SaveListingsAsync(_stop.Left(_saveDeadline, _drainReserve)).ConfigureAwait(false);
                _logger.KernelRequests(session.Statistics.ToString());
                _logger.Stopped(session.Statistics.Requests, Requests(store.Statistics), store.Statistics.BytesRead);
            }
        }
    }

    private ObjectFileSystem CreateFileSystem(S3ObjectStore store, ObjectFileSystemOptions options)
    {
        if (Handover is null)
            return new ObjectFileSystem(store, options, timeProvider, _logger);
        ObjectFileSystem fileSystem;
        try
        {
            fileSystem = new ObjectFileSystem(store, options with { Inodes = Handover.Inodes() }, timeProvider, _logger);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            fileSystem = new ObjectFileSystem(store, options with { Inodes = Handover.InodesAnew(e) }, timeProvider, _logger);
        }
        Handover.Begin();
        return fileSystem;
    }

    private FuseMount CreateMount()
    {
        if (_passed is { } descriptor)
            return FuseMount.Attach(mountpoint, descriptor);
        // Not before: a dead mount says that something is wrong, an empty directory in its place would say that there is no data.
        int cleared = 0;
        bool isDead = StartCheck.CheckMountpoint(mountpoint, settings);
        FuseMount mount = FuseMount.Create(mountpoint, settings.ToMountOptions(), isDead ? () => cleared = StartCheck.ClearDeadMounts(mountpoint, settings) : null);
        for (; cleared > 0; cleared--)
            Cleared();
        return mount;
    }

    private static string NameOf(S3ObjectStore store) => S3StoreName.Of(store.EndpointUrl, store.Region);

    private static long Requests(ObjectStoreStatistics statistics) => statistics.Gets + statistics.Heads + statistics.Lists;

    private async Task<S3ObjectStore> OpenStoreAsync(Task<SnapshotFile>? loading, CancellationToken stopping)
    {
        S3StoreOptions options = settings.ToStoreOptions() with { Probe = loading is null ? null : ProbeAsync(loading), Observer = _telemetry.StoreObserver };
        try
        {
            return await StoreOpening.OpenAsync(options, settings.Url, (store, cancellationToken) => CheckAsync(store, loading, cancellationToken), timeProvider, _logger, stopping).ConfigureAwait(false);
        }
        catch (StartupException e) when (e.InnerException is OperationCanceledException && loading is { IsCompleted: false })
        {
            throw new StartupException($"{settings.Snapshot} could not be read in time; copy it to a faster disk", e);
        }
    }

    private async Task<ObjectInfo?> ProbeAsync(Task<SnapshotFile> loading) => SnapshotCheck.Probe(settings, await loading.ConfigureAwait(false));

    private async Task<SavedListingsFile?> OpenSavedListingsAsync(S3ObjectStore store, CancellationToken stopping)
    {
        if (Cache is not { } directory)
            return null;
        var origin = new SnapshotOrigin { Bucket = settings.Bucket, Prefix = settings.Prefix, EndpointUrl = store.EndpointUrl, Region = store.Region };
        // On a thread of its own: the disk may hang.
        Task<SavedListingsFile?> opening = Task.Factory.StartNew(
            () => SavedListingsFile.TryOpenAsync(directory, origin, timeProvider, Warn, stopping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        try
        {
            return await opening.WaitAsync(_openDeadline, timeProvider, stopping).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Warn($"--cache: {directory} has not answered within {(int)_openDeadline.TotalSeconds} s; listings are not kept");
            return null;
        }
    }

    private DiskCache? OpenDiskCache(S3ObjectStore store)
    {
        if (Cache is not { } directory)
            return null;
        var options = new DiskCacheOptions
        {
            Directory = directory,
            Store = $"{NameOf(store)} {settings.Bucket}",
            MaxSize = settings.MaxCacheSize,
            MaxWaiting = Math.Min(MaxWaitingForDisk, settings.Memory / 4),
            MaxReading = Math.Min(MaxReadingFromDisk, settings.Memory / 4),
        };
        var disk = new DiskCache(options, timeProvider, _logger);
        disk.Load();
        return disk;
    }

    private async ValueTask CheckAsync(S3ObjectStore store, Task<SnapshotFile>? loading, CancellationToken cancellationToken)
    {
        string? warning = loading is null
            ? await PrefixCheck.CheckAsync(store, settings, cancellationToken).ConfigureAwait(false)
            : SnapshotCheck.Check(store, settings, await loading.ConfigureAwait(false));
        if (warning is not null)
            Warn(warning);
    }

    private async Task ServeAsync(ServedMount running, bool goesOn, long start, StopSignals signals)
    {
        try
        {
            await ServeToEndAsync(running, goesOn, start, signals).ConfigureAwait(false);
        }
        catch when (!_isLeft)
        {
            TakeDown(running.Mount);
            throw;
        }
    }

    private async Task ServeToEndAsync(ServedMount running, bool goesOn, long start, StopSignals signals)
    {
        (FuseMount mount, FuseSession session) = (running.Mount, running.Session);
        using (var deadline = CancellationTokenSource.CreateLinkedTokenSource(signals.Stopping))
        {
            deadline.CancelAfter(_initDeadline);
            await session.StartAsync(deadline.Token).ConfigureAwait(false);
        }
        if (!mount.TrySetReadahead(ReadaheadKibibytes))
            _logger.ReadaheadNotRaised();
        _state.Began(running);
        Ready();
        long elapsed = (long)timeProvider.GetElapsedTime(start).TotalMilliseconds;
        if (goesOn)
            _logger.GoesOn(settings.Url, mount.Mountpoint, elapsed, running.FileSystem.InodeCount);
        else
            _logger.Mounted(settings.Url, mount.Mountpoint, elapsed);
        if (_identity is not null)
            Handover?.Keep(mount, _identity, NameOf(running.Store), session.Agreement!.Value);
        Notifier.Ready($"{settings.Url} is mounted at {mount.Mountpoint}");
        if (settings.Hydrate)
            running.FileSystem.StartHydration();
        using ServicePulse? pulse = StartPulse(running);
        // Only now: nobody who mounts waits for it.
        ControlServer? control = ControlStart.TryStart(running, timeProvider, _logger);
        IAsyncDisposable? export = _telemetry.TryStartExport(running, _logger);
        try
        {
            await WaitForEndAsync(running, signals).ConfigureAwait(false);
        }
        finally
        {
            // Before what it looks at is taken down.
            _state.Ending();
            if (export is not null)
                await export.DisposeAsync().ConfigureAwait(false);
            if (control is not null)
                await control.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ServicePulse? StartPulse(ServedMount running)
    {
        if (!Notifier.HasListener)
            return null;
        TimeSpan? watched = ServicePulse.IntervalOf(Environment.GetEnvironmentVariable(ServicePulse.IntervalVariable), Environment.GetEnvironmentVariable(ServicePulse.ProcessVariable));
        return new ServicePulse(Notifier, watched, () => running.Session.Statistics.StuckReaders == 0, new StatusLine(running, timeProvider).Write, timeProvider);
    }

    private async Task WaitForEndAsync(ServedMount running, StopSignals signals)
    {
        (FuseMount mount, FuseSession session) = (running.Mount, running.Session);
        Task stopping = Task.Delay(Timeout.InfiniteTimeSpan, signals.Stopping);
        Task first = await Task.WhenAny(session.Completion, stopping).ConfigureAwait(false);
        _state.Ending();
        Notifier.Stopping($"unmounting {mount.Mountpoint}");
        if (first == stopping)
        {
            _stop.Begin();
            if (Handover is not null && await Handover.IsWantedAsync().ConfigureAwait(false))
            {
                await LeaveAsync(running, Handover).ConfigureAwait(false);
                return;
            }
            session.HurryDrain(_hurriedDrain);
            _logger.Stopping(mount.Mountpoint);
            await UnmountAsync(mount, session, signals.Hurry).ConfigureAwait(false);
            return;
        }
        try
        {
            await session.Completion.ConfigureAwait(false);
            _logger.UnmountedFromOutside(mount.Mountpoint);
        }
        finally
        {
            // An aborted connection ends the session too, and leaves a mount that answers ENOTCONN.
            TakeDown(mount);
        }
    }

    /// <summary>The mount stays: the next process goes on with it.</summary>
    private async Task LeaveAsync(ServedMount running, MountHandover handover)
    {
        _isLeft = true;
        _logger.HandingOver(running.Mount.Mountpoint);
        await running.Session.DetachAsync(
            _handoverDrain,
            () =>
            {
                try
                {
                    handover.Save(running.FileSystem);
                }
                catch (IOException e)
                {
                    _logger.HandoverNotSaved(e);
                }
            }).ConfigureAwait(false);
    }

    /// <summary>Plainly while files may yet be closed, then lazily.</summary>
    private async Task UnmountAsync(FuseMount mount, FuseSession session, CancellationToken hurry)
    {
        long start = timeProvider.GetTimestamp();
        while (!session.Completion.IsCompleted)
        {
            try
            {
                mount.Unmount(lazy: false);
                return;
            }
            catch (FuseException e) when (e.Failure == FuseFailure.Busy)
            {
                if (hurry.IsCancellationRequested || timeProvider.GetElapsedTime(start) >= _busyDeadline)
                    break;
            }
            await Task.WhenAny(session.Completion, Task.Delay(_busyPause, timeProvider, hurry)).ConfigureAwait(false);
        }
        if (!session.Completion.IsCompleted)
            _logger.DetachingBusyMount(mount.Mountpoint);
        TakeDown(mount);
    }

    private void TakeDown(FuseMount mount)
    {
        try
        {
            mount.Unmount(lazy: true);
        }
        catch (FuseException e)
        {
            _logger.UnmountFailed(e, mount.Mountpoint);
        }
    }

    private void Cleared()
    {
        _logger.ClearedDeadMount(mountpoint);
        Notice($"cleared the mount that an s3mount which died had left at {mountpoint}");
    }

    private void Warn(string warning)
    {
        _logger.StartupWarning(warning);
        Notice("warning: " + warning);
    }
}
