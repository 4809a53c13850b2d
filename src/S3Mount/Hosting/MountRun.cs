using Microsoft.Extensions.Logging;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Control;
using S3Mount.Control.Http;
using S3Mount.FileSystem;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.Fuse;
using S3Mount.Fuse.Mounting;
using S3Mount.Fuse.Session;
using S3Mount.Hosting.Datasets;
using S3Mount.Hosting.Handover;
using S3Mount.Hosting.Prefixes;
using S3Mount.Hosting.Services;
using S3Mount.Logging;
using S3Mount.ObjectStore;
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
    private DatasetReload? _reload;
    private string _storeName = "";
    private MountIdentity? _identity; // of one that may outlive this process
    private bool _isLeft;

    /// <summary>Told of what the caller should know although the mount goes on.</summary>
    public Action<string> Notice { get; init; } = _ => { };

    /// <summary>Called when the mount answers; throws when nobody wants it any more.</summary>
    public Action Ready { get; init; } = () => { };

    public ServiceNotifier Notifier { get; init; } = new(null);

    /// <summary>Of a mount that may outlive its process; null: it ends with it.</summary>
    public MountHandover? Handover { get; init; }

    /// <summary>From which the settings were read. Their paths do not depend on the working directory.</summary>
    public OptionValues Options { get; init; } = new();

    /// <summary>Shows what the configuration says now, without anybody waiting for it. Before the mount answers there is nothing to read again.</summary>
    public void BeginReload()
    {
        if (settings.Datasets.Count == 0)
            _logger.NothingToReload();
        else if (Volatile.Read(ref _reload) is { } reload)
            _ = Task.Run(() => ReloadAsync(reload));
    }

    /// <summary>Returns when the mount is gone, in order.</summary>
    /// <exception cref="StartupException">The mount could not be made.</exception>
    /// <exception cref="FuseException">Likewise, or the session broke.</exception>
    public async Task RunAsync(StopSignals signals)
    {
        long start = timeProvider.GetTimestamp();
        _logger.Mounting(ProgramVersion.Text, settings.Url, mountpoint, settings.Memory >> 20);
        Notifier.Status($"mounting {settings.Url} at {mountpoint}");
        PrefixOpening? one = settings.Datasets.Count == 0 ? Begin(settings) : null;
        if (_passed is null && Handover is not null)
            _identity = await MountIdentity.OfAsync(settings, mountpoint, one?.Snapshot, timeProvider, signals.Stopping).ConfigureAwait(false);
        TakenMount? taken = _identity is null ? null : Handover?.Take(_identity);
        try
        {
            await RunAsync(taken, one, start, signals).ConfigureAwait(false);
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

    private async Task RunAsync(TakenMount? taken, PrefixOpening? one, long start, StopSignals signals)
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
            await ServeAsync(taken, one, start, signals).ConfigureAwait(false);
        }
        finally
        {
            _state.Ending();
            if (metrics is not null)
                await metrics.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(TakenMount? taken, PrefixOpening? one, long start, StopSignals signals)
    {
        IMountContents contents = await OpenAsync(one, signals.Stopping).ConfigureAwait(false);
        await using (contents.ConfigureAwait(false))
        {
            _storeName = contents.StoreName;
            taken = taken is null ? null : Handover?.Confirm(taken, _storeName);
            DiskCache? disk = OpenDiskCache();
            try
            {
                // What a large cache has is found in a fraction of a second; readers that came before would fetch it again.
                if (disk is not null)
                    await disk.WaitForLoadAsync(signals.Stopping).ConfigureAwait(false);
                await MountAsync(contents, disk, taken, start, signals).ConfigureAwait(false);
            }
            finally
            {
                if (disk is not null)
                    await disk.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private PrefixOpening Begin(MountSettings prefix) => new(prefix, _telemetry.StoreObserver, Warn, timeProvider, _logger);

    private Task<IMountContents> OpenAsync(PrefixOpening? one, CancellationToken stopping) => one is null
        ? MountedDatasets.OpenAsync(settings, Begin, timeProvider, _logger, stopping)
        : OnePrefix.OpenAsync(one, timeProvider, _logger, stopping);

    private async Task MountAsync(IMountContents contents, DiskCache? disk, TakenMount? taken, long start, StopSignals signals)
    {
        IMountedFiles fileSystem = await contents.CreateFilesAsync(disk, Handover).ConfigureAwait(false);
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
                var datasets = contents as MountedDatasets;
                using ThroughputMeter throughput = _telemetry.MeterOf(session, fileSystem, contents.Stores);
                var running = new ServedMount(settings, mount, session, fileSystem, contents.Stores, _logger, timeProvider.GetUtcNow(), _telemetry, throughput)
                {
                    Datasets = datasets,
                    Reload = datasets is null ? null : new DatasetReload(settings, Options, datasets, Notifier, _logger),
                };
                await ServeAsync(running, taken is not null, start, signals).ConfigureAwait(false);
                await fileSystem.SaveListingsAsync(_stop.Left(_saveDeadline, _drainReserve)).ConfigureAwait(false);
                _logger.KernelRequests(session.Statistics.ToString());
                _logger.Stopped(session.Statistics.Requests, Requests(contents.Stores.Statistics), contents.Stores.Statistics.BytesRead);
            }
        }
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

    private static long Requests(ObjectStoreStatistics statistics) => statistics.Gets + statistics.Heads + statistics.Lists;

    private DiskCache? OpenDiskCache()
    {
        if (PrefixOpening.CacheOf(settings) is not { } directory)
            return null;
        var options = new DiskCacheOptions
        {
            Directory = directory,
            MaxSize = settings.MaxCacheSize,
            MaxWaiting = Math.Min(MaxWaitingForDisk, settings.Memory / 4),
            MaxReading = Math.Min(MaxReadingFromDisk, settings.Memory / 4),
        };
        var disk = new DiskCache(options, timeProvider, _logger);
        disk.Load();
        return disk;
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
            Handover?.Keep(mount, _identity, _storeName, session.Agreement!.Value);
        Notifier.Ready($"{settings.Url} is mounted at {mount.Mountpoint}");
        // Of several datasets each says for itself whether it is wanted.
        if (settings.Hydrate || settings.Datasets.Count > 0)
            running.FileSystem.StartHydration();
        Volatile.Write(ref _reload, running.Reload);
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
        Volatile.Write(ref _reload, null);
        if (running.Datasets is { } datasets)
            await datasets.EndChangesAsync().ConfigureAwait(false);
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

    // Never throws.
    private async Task ReloadAsync(DatasetReload reload)
    {
        try
        {
            using var deadline = new CancellationTokenSource(DatasetReload.Longest, timeProvider);
            await reload.RunAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (UsageException)
        {
            // It has been logged; nothing has changed.
        }
        catch (Exception e)
        {
            _logger.ReloadFailed(e);
        }
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
