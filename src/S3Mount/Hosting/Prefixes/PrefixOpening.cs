using Microsoft.Extensions.Logging;
using S3Mount.Configuration;
using S3Mount.FileSystem.SavedListings;
using S3Mount.FileSystem.Snapshots;
using S3Mount.Fuse.Mounting;
using S3Mount.ObjectStore;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Hosting.Prefixes;

/// <summary>Opens one prefix: its snapshot, if it has one, is read from the moment that this is made; the rest when it is asked for.</summary>
internal sealed class PrefixOpening
{
    /// <summary>A mount that has just ended may write its listings for ten seconds; what comes on top is a disk that hangs.</summary>
    private static readonly TimeSpan _openDeadline = TimeSpan.FromSeconds(15);

    private readonly MountSettings _settings;
    private readonly IStoreObserver? _observer;
    private readonly Action<string> _warn;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Task<SnapshotFile>? _loading;

    /// <param name="warn">Told what the caller should know although it goes on.</param>
    public PrefixOpening(MountSettings settings, IStoreObserver? observer, Action<string> warn, TimeProvider timeProvider, ILogger logger)
    {
        _settings = settings;
        _observer = observer;
        _warn = warn;
        _timeProvider = timeProvider;
        _logger = logger;
        // A million files take 130 ms, as long as all else that is done before the first request.
        _loading = settings.Snapshot is { } file ? Task.Run(() => SnapshotCheck.Open(settings, file)) : null;
    }

    /// <summary>What is being read; null: this prefix has none.</summary>
    public Task<SnapshotFile>? Snapshot => _loading;

    /// <summary>A link to a larger disk is the caller's own; what it leads to is looked at (PrivateDirectory).</summary>
    public static string? CacheOf(MountSettings settings) => settings.Cache is { } directory ? MountpointPath.Resolve(directory) : null;

    /// <exception cref="StartupException">It cannot be mounted, and why.</exception>
    /// <exception cref="SnapshotException">Its snapshot cannot be used.</exception>
    /// <exception cref="OperationCanceledException"/>
    public async Task<OpenedPrefix> OpenAsync(CancellationToken stopping)
    {
        S3ObjectStore store = await OpenStoreAsync(stopping).ConfigureAwait(false);
        bool isOpen = false;
        try
        {
            SnapshotFile? snapshot = _loading is null ? null : await _loading.ConfigureAwait(false);
            // A pinned dataset is listed nowhere.
            SavedListingsFile? saved = snapshot is null ? await OpenSavedListingsAsync(store, stopping).ConfigureAwait(false) : null;
            isOpen = true;
            return new OpenedPrefix(_settings, store, snapshot, saved);
        }
        finally
        {
            if (!isOpen)
                await store.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<S3ObjectStore> OpenStoreAsync(CancellationToken stopping)
    {
        S3StoreOptions options = _settings.ToStoreOptions() with { Probe = _loading is null ? null : ProbeAsync(_loading), Observer = _observer };
        try
        {
            return await StoreOpening.OpenAsync(options, _settings.Url, CheckAsync, _timeProvider, _logger, stopping).ConfigureAwait(false);
        }
        catch (StartupException e) when (e.InnerException is OperationCanceledException && _loading is { IsCompleted: false })
        {
            throw new StartupException($"{_settings.Snapshot} could not be read in time; copy it to a faster disk", e);
        }
    }

    private async Task<ObjectInfo?> ProbeAsync(Task<SnapshotFile> loading) => SnapshotCheck.Probe(_settings, await loading.ConfigureAwait(false));

    private async ValueTask CheckAsync(S3ObjectStore store, CancellationToken cancellationToken)
    {
        string? warning = _loading is null
            ? await PrefixCheck.CheckAsync(store, _settings, cancellationToken).ConfigureAwait(false)
            : SnapshotCheck.Check(store, _settings, await _loading.ConfigureAwait(false));
        if (warning is not null)
            _warn(warning);
    }

    private async Task<SavedListingsFile?> OpenSavedListingsAsync(S3ObjectStore store, CancellationToken stopping)
    {
        if (CacheOf(_settings) is not { } directory)
            return null;
        var origin = new SnapshotOrigin { Bucket = _settings.Bucket, Prefix = _settings.Prefix, EndpointUrl = store.EndpointUrl, Region = store.Region };
        // On a thread of its own: the disk may hang.
        Task<SavedListingsFile?> opening = Task.Factory.StartNew(
            () => SavedListingsFile.TryOpenAsync(directory, origin, _timeProvider, _warn, stopping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        try
        {
            return await opening.WaitAsync(_openDeadline, _timeProvider, stopping).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _warn($"--cache: {directory} has not answered within {(int)_openDeadline.TotalSeconds} s; listings are not kept");
            return null;
        }
    }
}
