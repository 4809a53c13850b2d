using System.Text;
using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.Listing.Walks;
using S3Mount.FileSystem.Reading;
using S3Mount.FileSystem.SavedListings;
using S3Mount.FileSystem.Warming;
using S3Mount.Fuse;
using S3Mount.Fuse.Session;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem;

/// <summary>
/// The objects of a bucket, or of one prefix of it, as a read-only tree of files. Entered by the session's reader threads; what
/// is known is answered there, what needs the store continues on the thread pool.
/// </summary>
public sealed partial class ObjectFileSystem : IMountedFiles
{
    private readonly ObjectFileSystemOptions _options;
    private readonly ILogger _logger;
    private readonly MountClock _clock;
    private readonly CancellationTokenSource _stopping = new();
    private readonly InodeTable _inodes;
    private readonly ReaderTable _readers = new();
    private readonly AttributeWriter _attributes;
    private readonly MountCaches _caches;
    private readonly ListingCache _listings;
    private readonly ListingGenerations _generations;
    private readonly DirectoryLister _lister;
    private readonly WalkReadahead _walks;
    private readonly PlusPolicy _plus = new();
    private readonly BlockCache _blocks;
    private readonly BlockFetcher _fetcher;
    private readonly RecentFailures _recentFailures;
    private readonly SavedTree? _saved;
    private readonly SavedCheck? _check;
    private readonly ListingSaver? _saver;
    private FuseConnection? _connection;

    /// <param name="store">Stays the caller's; used until this file system is disposed.</param>
    public ObjectFileSystem(IObjectStore store, ObjectFileSystemOptions options, TimeProvider timeProvider, ILogger logger)
    {
        if (options.Prefix.Length > 0 && !options.Prefix.EndsWith('/'))
            throw new ArgumentException("the prefix of a mount ends in '/'", nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MemoryBudget, ObjectFileSystemOptions.MinMemoryBudget);
        if (options.Snapshot is not null)
            options = options with { MetadataTtl = Timeout.InfiniteTimeSpan, NegativeMetadataTtl = Timeout.InfiniteTimeSpan, SavedListings = null };
        _options = options;
        _logger = logger;
        _caches = options.Caches ?? new MountCaches(options.MemoryBudget, options.ListingMemory, timeProvider);
        _clock = _caches.Clock;
        _inodes = CreateInodes();
        _attributes = new AttributeWriter(options, _clock);
        _listings = _caches.Listings;
        _generations = _caches.Generations;
        if (options.SavedListings is { Loaded: { } loaded })
            _saved = new SavedTree(loaded, Encoding.UTF8.GetByteCount(options.Prefix), _listings, _clock.StartSeconds);
        _lister = new DirectoryLister(store, _listings, _clock, options, logger, _stopping.Token, _saved);
        _walks = new WalkReadahead(_lister, _listings, _inodes, _clock, options.MaxConnections, keeps: options.MetadataTtl != TimeSpan.Zero);
        _blocks = _caches.Blocks;
        _fetcher = new BlockFetcher(store, _blocks, _clock, options, _stopping.Token);
        _recentFailures = new RecentFailures(_clock);
        if (options.DiskCache is { } disk)
            (_warmFetcher, _warmPaths) = (new WarmFetcher(store, _fetcher, disk, _caches.Warming), CreateWarmPaths(store));
        // Longer than that the kernel does not remember what the process before has told it.
        foreach (DirectoryInode known in options.Inodes?.State is null ? [] : _inodes.Directories())
            known.AnswerMissing(_clock.After(options.NegativeMetadataTtl));
        if (_saved is not null)
        {
            _check = CreateCheck(_saved, store);
            _saved.OnShown = _check.Add;
        }
        if (options.SavedListings is { } file)
            (_saver = CreateSaver(file)).Start();
    }

    /// <summary>Bytes that blocks hold now; at most the budget.</summary>
    public long MemoryUsed => _blocks.Budget.Used;

    /// <summary>Whether any directory is being listed.</summary>
    internal bool IsListing => _lister.IsListing;

    /// <summary>Files that the kernel knows, and directories that it knew.</summary>
    public int InodeCount => _inodes.DirectoryCount + _inodes.FileCount;

    public void Initialize(FuseConnection connection) => _connection = connection;

    public void Forget(NodeId node, ulong lookups)
    {
        try
        {
            _inodes.Forget(node, lookups);
        }
        catch (InvalidOperationException wrong)
        {
            LogMessages.BadForget(_logger, node, wrong.Message);
        }
    }

    public ValueTask AccessAsync(FuseRequest request, NodeId node, uint mask)
    {
        MountReplies.Access(request);
        return default;
    }

    public ValueTask OpenAsync(FuseRequest request, NodeId node, uint flags)
    {
        MountReplies.Open(request, _connection);
        return default;
    }

    public ValueTask OpenDirAsync(FuseRequest request, NodeId node, uint flags)
    {
        MountReplies.OpenDir(request, _connection, _options.KernelCachesDirectories);
        return default;
    }

    public ValueTask FlushAsync(FuseRequest request, NodeId node, ulong fh)
    {
        MountReplies.Flush(request);
        return default;
    }

    public ValueTask ReleaseAsync(FuseRequest request, NodeId node, ulong fh)
    {
        request.ReplyOk();
        return default;
    }

    public ValueTask ReleaseDirAsync(FuseRequest request, NodeId node, ulong fh)
    {
        request.ReplyOk();
        return default;
    }

    public void Destroy() => _stopping.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_hydration is not null)
            await _hydration.Completion.ConfigureAwait(false);
        _fetcher.Dispose();
        _readers.Dispose();
        if (_options.Caches is null)
            _caches.Dispose();
        else
            _caches.Forget(_inodes.Directories());
    }

    private bool TryFindDirectory(FuseRequest request, NodeId node, out DirectoryInode directory)
    {
        directory = _inodes.FindDirectory(node)!;
        if (directory is not null)
            return true;
        request.ReplyError(DirectoryInode.IsFile(node) ? Errno.ENOTDIR : Errno.ESTALE);
        return false;
    }
}
