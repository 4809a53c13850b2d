using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Walks;

/// <summary>
/// The scans that list ahead of walks through many small directories, one a stretch of keys. Any thread.
/// </summary>
internal sealed class FlatWalks
{
    /// <summary>
    /// Pages that a scan has asked for and not taken in: as many connections, at 60 ms a page, list 260,000 keys a second, more than
    /// a reader takes.
    /// </summary>
    public const int MaxPagesUnderWay = 16;

    // Workers that share a tree, each its own stretch; more of them go on with listings of single directories.
    private const int MaxWalks = 4;

    // What expires sooner is gone before the walk comes to it: a scan may wait as long for its walk.
    private static readonly TimeSpan _leastTtl = FlatWalk.Patience;

    private readonly DirectoryLister _lister;
    private readonly PageTimes _times;
    private readonly KeyRangeScanner _scanner;
    private readonly MountClock _clock;
    private readonly TimeSpan _ttl;
    private readonly CancellationToken _stopping;
    private readonly Lock _gate = new();
    private FlatWalk[] _walks = []; // replaced under _gate
    private volatile bool _isRefused;

    /// <param name="requests">Of which all scans of the mount have so many.</param>
    /// <param name="ttl">For which a listing may answer.</param>
    /// <param name="stopping">Trips when the mount ends.</param>
    public FlatWalks(DirectoryLister lister, IObjectStore store, SemaphoreSlim requests, MountClock clock, TimeSpan ttl, CancellationToken stopping)
    {
        _lister = lister;
        _times = new PageTimes(clock);
        _scanner = new KeyRangeScanner(_times.Watch(store), new KeyRangeScannerOptions { MaxPagesAhead = MaxPagesUnderWay }, requests);
        _clock = clock;
        _ttl = ttl;
        _stopping = stopping;
    }

    public int Count => Volatile.Read(ref _walks).Length;

    /// <summary>Whether the store has been found not to list in the order of keys.</summary>
    public bool IsRefused => _isRefused;

    /// <summary>Whether another one can begin.</summary>
    public bool CanStart => !_isRefused && Count < MaxWalks && (_ttl < TimeSpan.Zero || _ttl >= _leastTtl);

    /// <summary>The scan whose business a directory is: that has listed it, or will soon.</summary>
    public FlatWalk? Find(DirectoryInode directory)
    {
        foreach (FlatWalk walk in Volatile.Read(ref _walks))
        {
            if (walk.Concerns(directory))
                return walk;
        }
        return null;
    }

    /// <summary>Whether a scan fills a listing that has just been begun: one that will soon come to its directory.</summary>
    public bool TryAdopt(DirectoryListing listing)
    {
        foreach (FlatWalk walk in Volatile.Read(ref _walks))
        {
            if (walk.TryAdopt(listing))
                return true;
        }
        return false;
    }

    /// <summary>The store does not list in the order of keys: many directories cannot be listed at once.</summary>
    public void Refuse() => _isRefused = true;

    /// <summary>Begins to scan what lies below a directory, from one of its subdirectories on.</summary>
    /// <param name="siblings">The listing of the directory.</param>
    /// <param name="first">The subdirectory.</param>
    /// <param name="reach">How many entries ahead a subdirectory may be to be waited for.</param>
    public void Start(InodeTable inodes, DirectoryListing siblings, DirectoryInode first, int reach)
    {
        var walk = new FlatWalk(_lister, inodes, _times, _clock, _ttl, siblings, first, reach);
        lock (_gate)
        {
            if (!CanStart || _walks.Any(other => other.Concerns(first)))
                return;
            foreach (FlatWalk other in _walks)
            {
                other.EndBefore(walk);
                walk.EndBefore(other);
            }
            _walks = [.. _walks, walk];
        }
        _ = RunAsync(walk);
    }

    private async Task RunAsync(FlatWalk walk)
    {
        if (!await walk.RunAsync(_scanner, _stopping).ConfigureAwait(false))
            Refuse();
        lock (_gate)
            _walks = [.. _walks.Where(other => other != walk)];
    }
}
