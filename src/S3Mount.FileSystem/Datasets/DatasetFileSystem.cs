using Microsoft.Extensions.Logging;
using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Handover;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Reading;
using S3Mount.Fuse;
using S3Mount.Fuse.Session;

namespace S3Mount.FileSystem.Datasets;

/// <summary>
/// Several prefixes, of the same store or others, as directories below one root. Each is a file system of its own; memory for blocks and listings,
/// the disk cache and node ids are those of the mount. Datasets come and go while it is mounted, and the others do not notice.
/// </summary>
/// <remarks>
/// A node id tells by itself whose it is: the datasets take the numbers that theirs are made of from the same place, in chunks. Those of a dataset
/// that is gone answer ESTALE.
/// </remarks>
public sealed partial class DatasetFileSystem : IMountedFiles
{
    /// <summary>For the kernel to take what it is told: microseconds, unless it is busy in the root.</summary>
    private static readonly TimeSpan _notifyDeadline = TimeSpan.FromSeconds(5);

    /// <summary>At the end of the mount: for datasets that were removed before it. Nobody is in them any more but who has been told to go.</summary>
    private static readonly TimeSpan _leaveDeadline = TimeSpan.FromSeconds(5);

    private readonly ObjectFileSystemOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly MountCaches _caches;
    private readonly NodeNumbers _numbers;
    private readonly DatasetStates? _states;
    private readonly AttributeWriter _attributes;
    private readonly DirectoryInode _root = DirectoryInode.MountRoot([]);
    private readonly ITimer _trim;
    private readonly Lock _gate = new();
    // In the order of their places; replaced under _gate.
    private Dataset[] _datasets = [];
    private Dataset[] _leaving = []; // that are not shown any more; replaced under _gate
    private Task[] _removals = []; // replaced under _gate
    private FuseConnection? _connection; // guarded by _gate, but for looks
    private int _lastPlace; // guarded by _gate
    private bool _isHydrating; // guarded by _gate
    private GoneDatasets _gone = GoneDatasets.None; // guarded by _gate
    private long _changedAt; // UTC, in ticks; read at any time

    /// <param name="options">
    /// Of the mount: memory, owners, modes, disk cache, node ids, and for how long names in the root hold. The rest is each dataset's own.
    /// </param>
    /// <exception cref="InvalidDataException">What was left of node ids cannot be used.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public DatasetFileSystem(ObjectFileSystemOptions options, TimeProvider timeProvider, ILogger logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MemoryBudget, ObjectFileSystemOptions.MinMemoryBudget);
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _numbers = options.Inodes?.Numbers ?? new NodeNumbers();
        // The first chunk has the root's number in it.
        _numbers.SkipTo(NodeNumbers.ChunkSize);
        _states = options.Inodes?.State is { } state ? DatasetStates.Read(state, _numbers) : null;
        _lastPlace = _states?.LastPlace ?? 0;
        _caches = new MountCaches(options.MemoryBudget, options.ListingMemory, timeProvider);
        _attributes = new AttributeWriter(options, _caches.Clock);
        _changedAt = timeProvider.GetUtcNow().UtcTicks;
        _trim = timeProvider.CreateTimer(static caches => ((MountCaches)caches!).Blocks.Trim(), _caches, BlockFetcher.SilentAfter / 2, BlockFetcher.SilentAfter / 2);
    }

    /// <summary>The names of those that are shown now.</summary>
    public IReadOnlyList<string> Names => [.. Volatile.Read(ref _datasets).Select(dataset => dataset.Name)];

    /// <summary>Bytes that blocks hold now; at most the budget.</summary>
    public long MemoryUsed => _caches.Blocks.Budget.Used;

    /// <summary>Shows one more. Completes when the kernel knows of it, or is late.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    /// <exception cref="InvalidDataException">What was left of its node ids cannot be used; it can be added again, without them.</exception>
    /// <exception cref="IOException">It cannot be read; likewise.</exception>
    public async Task AddAsync(DatasetStart start)
    {
        Dataset dataset;
        FuseConnection? connection;
        lock (_gate)
        {
            if (Find(start.Name) is not null)
                throw new ArgumentException($"there is a dataset {start.Name} already", nameof(start));
            DatasetState? state = _states?.Take(start);
            dataset = new Dataset(start, state?.Place ?? ++_lastPlace);
            try
            {
                dataset.Files = CreateFiles(dataset, state);
            }
            catch
            {
                _numbers.Release(dataset);
                throw;
            }
            connection = _connection;
            if (connection is not null)
                dataset.Files.Initialize(connection);
            _datasets = [.. _datasets.Append(dataset).OrderBy(known => known.Place)];
            Volatile.Write(ref _changedAt, _timeProvider.GetUtcNow().UtcTicks);
            if (_isHydrating && start.Hydrates)
                dataset.Files.StartHydration();
        }
        await TellAsync(connection, dataset).ConfigureAwait(false);
    }

    /// <summary>
    /// Shows a dataset no more: whoever waits in it gets EIO, and what is open in it answers ESTALE. Its listings are saved, if they are kept.
    /// </summary>
    /// <param name="saveDeadline">For its listings.</param>
    /// <returns>
    /// Null: there is none of that name. Else completes when nobody uses its store any more; that can take as long as somebody stays in it who
    /// cannot be told to go.
    /// </returns>
    public Task? BeginRemoving(string name, TimeSpan saveDeadline)
    {
        lock (_gate)
        {
            if (Find(name) is not { } dataset)
                return null;
            _datasets = [.. _datasets.Where(known => known != dataset)];
            _leaving = [.. _leaving, dataset];
            Volatile.Write(ref _changedAt, _timeProvider.GetUtcNow().UtcTicks);
            Task gone = Task.Run(() => RemoveAsync(dataset, _connection, saveDeadline));
            _removals = [.. _removals.Where(removal => !removal.IsCompleted), gone];
            return gone;
        }
    }

    /// <summary>No more datasets of the process before are taken on: those that were not added are gone.</summary>
    public void EndTaking() => _states?.Dispose();

    public void Initialize(FuseConnection connection)
    {
        lock (_gate)
        {
            _connection = connection;
            foreach (Dataset dataset in _datasets)
                dataset.Files.Initialize(connection);
        }
    }

    public void Destroy()
    {
        foreach (Dataset dataset in Volatile.Read(ref _datasets))
            dataset.Files.Destroy();
    }

    /// <summary>When the session has ended: no request is in it any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_removals).WaitAsync(_leaveDeadline, _timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (Dataset dataset in Volatile.Read(ref _datasets))
            await dataset.Files.DisposeAsync().ConfigureAwait(false);
        await _trim.DisposeAsync().ConfigureAwait(false);
        _states?.Dispose();
        _caches.Dispose();
    }

    private Dataset? Find(string name) => Array.Find(Volatile.Read(ref _datasets), dataset => dataset.Name == name);

    private async Task RemoveAsync(Dataset dataset, FuseConnection? connection, TimeSpan saveDeadline)
    {
        Task left = dataset.CloseAsync();
        dataset.Files.Destroy();
        try
        {
            await TellAsync(connection, dataset).ConfigureAwait(false);
            await dataset.Files.SaveListingsAsync(saveDeadline).ConfigureAwait(false);
        }
        finally
        {
            // Nothing may be freed under whoever is still in it, whatever has failed before.
            await left.ConfigureAwait(false);
            await FreeAsync(dataset).ConfigureAwait(false);
        }
    }

    private async Task FreeAsync(Dataset dataset)
    {
        lock (_gate)
        {
            _gone = _gone.Add(dataset.Files);
            _leaving = [.. _leaving.Where(known => known != dataset)];
        }
        _numbers.Release(dataset);
        await dataset.Files.DisposeAsync().ConfigureAwait(false);
    }

    private ObjectFileSystem CreateFiles(Dataset dataset, DatasetState? state)
    {
        ObjectFileSystemOptions options = dataset.Start.Options with
        {
            Name = dataset.NameBytes,
            Owner = dataset,
            Caches = _caches,
            Inodes = new InodeStart { Numbers = _numbers, State = state?.Inodes },
            DiskCache = _options.DiskCache,
            MemoryBudget = _options.MemoryBudget,
            KernelCachesDirectories = _options.KernelCachesDirectories,
            KernelChoosesReadDirPlus = _options.KernelChoosesReadDirPlus,
            Uid = _options.Uid,
            Gid = _options.Gid,
            FileMode = _options.FileMode,
            DirectoryMode = _options.DirectoryMode,
        };
        return new ObjectFileSystem(dataset.Start.Store, options, _timeProvider, _logger);
    }

    // A name that was missing is there, or the other way round; and the root has other entries.
    private async Task TellAsync(FuseConnection? connection, Dataset dataset)
    {
        if (connection is null)
            return;
        Task told = Task.WhenAll(connection.Notifier.InvalidateEntryAsync(NodeId.Root, dataset.NameBytes, expireOnly: false), connection.Notifier.InvalidateInodeAsync(NodeId.Root, 0, 0));
        try
        {
            await told.WaitAsync(_notifyDeadline, _timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogMessages.DatasetNotTold(_logger, dataset.Name, (int)_notifyDeadline.TotalSeconds);
        }
    }
}
