using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Walks;

/// <summary>
/// One scan without delimiter that fills the listings of all directories below one, in the order of a walk: where directories are
/// small, a page of 1,000 keys holds many of them. It goes no further ahead of the walk than a bound, and ends when the walk does.
/// <para>
/// <b>Nobody waits for ever.</b> A listing that a scan has adopted or begun is completed, failed or handed to a listing of its
/// directory alone: at the latest when the scan ends, and a few pages after it was asked for if the scan has not come to it, or
/// to its end, by then. The scan rests only while no listing is adopted, and a reader in an open directory wakes it.
/// </para>
/// <para>
/// <b>Threads.</b> The scan is one asynchronous sequence; everything else enters through the <see cref="FlatWalkRoute"/>.
/// </para>
/// </summary>
internal sealed partial class FlatWalk
{
    /// <summary>
    /// How long the scan rests for a reader that works on what it has listed before it goes on. What comes later is listed anew.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Who waits for one directory has it from a LIST of its own after a page or two.
    private const int MaxPagesWaited = 4;

    // Pages that told nothing new, one after another: somebody else lists these directories, or has.
    private const int MaxPagesInVain = 4;

    private readonly DirectoryLister _lister;
    private readonly InodeTable _inodes;
    private readonly PageTimes _times;
    private readonly MountClock _clock;
    private readonly TimeSpan _ttl;
    private readonly FlatWalkRoute _route;
    private readonly DirectoryInode _root;
    private readonly DirectoryInode _first;
    private readonly long _startedAt;
    private readonly Stack<FlatWalkLevel> _levels = new();
    private byte[] _lastKey;
    private byte[] _hidden = [];
    private byte[]? _limit;
    private int _page;
    private int _pagesInVain;
    private bool _isInVain;

    /// <param name="siblings">The listing of the directory below which to scan.</param>
    /// <param name="first">The subdirectory from which on to scan.</param>
    /// <param name="reach">How many entries ahead a subdirectory may be to be waited for.</param>
    public FlatWalk(DirectoryLister lister, InodeTable inodes, PageTimes times, MountClock clock, TimeSpan ttl, DirectoryListing siblings, DirectoryInode first, int reach)
    {
        _lister = lister;
        _inodes = inodes;
        _times = times;
        _clock = clock;
        _ttl = ttl;
        _root = siblings.Directory;
        _first = first;
        _route = new FlatWalkRoute(clock, siblings, first, reach);
        _startedAt = clock.Now;
        _lastKey = first.Prefix;
    }

    private enum Ending
    {
        /// <summary>All keys were scanned.</summary>
        Whole,

        /// <summary>All keys up to where another scan has begun were scanned.</summary>
        AtLimit,

        /// <summary>The walk has ended, pauses, or was not what it seemed.</summary>
        Stopped,

        /// <summary>The store does not list in the order of keys: what was begun may lack what comes later.</summary>
        OutOfOrder,
    }

    /// <summary>Whether a directory has been scanned, or will be soon.</summary>
    public bool Concerns(DirectoryInode directory) => _route.Concerns(directory);

    /// <summary>Somebody begins to read a directory.</summary>
    public void Move(DirectoryInode directory) => _route.Move(directory);

    /// <summary>Takes over a listing that has just been begun, if the scan will soon come to its directory.</summary>
    public bool TryAdopt(DirectoryListing listing) => _route.TryAdopt(listing);

    /// <summary>Where another scan begins, this one ends.</summary>
    public void EndBefore(FlatWalk other) => _route.EndBefore(other._route);

    /// <summary>Scans until the keys, the walk or the mount end. Never throws: whoever waits for a listing hears of a failure.</summary>
    /// <returns>False: the store does not list in order.</returns>
    public async Task<bool> RunAsync(KeyRangeScanner scanner, CancellationToken stopping)
    {
        try
        {
            Ending ending = await ScanAsync(scanner, stopping).ConfigureAwait(false);
            End(ending);
            return ending != Ending.OutOfOrder;
        }
        catch (Exception failure)
        {
            while (_levels.TryPop(out FlatWalkLevel? level))
                level.Fail(_lister, failure);
            while (_route.TakeLast() is { } listing)
                _lister.Fail(listing, failure);
            return true;
        }
    }

    private async Task<Ending> ScanAsync(KeyRangeScanner scanner, CancellationToken stopping)
    {
        _levels.Push(new FlatWalkLevel(_root, null, null, _page));
        // Its own marker, which may be all there is of it, is not behind its prefix.
        _levels.Push(Open(_first, _startedAt));
        var range = new KeyRange { Prefix = new ObjectKey(_root.Prefix), After = new ObjectKey(_first.Prefix) };
        await foreach (ListPage page in scanner.ScanAsync(range, stopping).ConfigureAwait(false))
        {
            if (!IsOrdered(page))
                return Ending.OutOfOrder;
            int end = EndOf(page);
            Add(page, end, _times.AskedAt(page, _startedAt));
            if (end < page.Objects.Length)
                return Ending.AtLimit;
            if (_pagesInVain == MaxPagesInVain || _route.IsInVain || !await HasRoomAsync(stopping).ConfigureAwait(false))
                return Ending.Stopped;
        }
        return Ending.Whole;
    }

    private void Add(ListPage page, int end, long askedAt)
    {
        if (end == 0)
            return;
        _page++;
        _isInVain = true;
        for (int i = 0; i < end;)
        {
            ReadOnlySpan<byte> key = page.KeyOf(page.Objects.Span[i]);
            if (Arrive(key, askedAt) is not { } level)
            {
                i++;
                continue;
            }
            int first = i;
            do
                i++;
            while (i < end && IsIn(level, page.KeyOf(page.Objects.Span[i])));
            if (level.Builder is not { } builder)
                continue;
            builder.AddFiles(page, first, i);
            _isInVain = false;
        }
        _lastKey = page.KeyOf(page.Objects.Span[end - 1]).ToArray();
        EndPage();
    }

    private bool IsOrdered(ListPage page)
    {
        ReadOnlySpan<byte> last = _lastKey;
        foreach (ref readonly ListedObject listed in page.Objects.Span)
        {
            ReadOnlySpan<byte> key = page.KeyOf(listed);
            if (key.SequenceCompareTo(last) < 0)
                return false;
            last = key;
        }
        return true;
    }

    // How many of the page's objects lie before the limit.
    private int EndOf(ListPage page)
    {
        ReadOnlySpan<ListedObject> objects = page.Objects.Span;
        int end = objects.Length;
        _limit = _route.Limit;
        while (_limit is not null && end > 0 && page.KeyOf(objects[end - 1]).SequenceCompareTo(_limit) >= 0)
            end--;
        return end;
    }

    // Leaves the directories that the key is not below, and enters those that it is; null: no path leads there.
    private FlatWalkLevel? Arrive(ReadOnlySpan<byte> key, long askedAt)
    {
        if (_hidden.Length > 0 && key.StartsWith(_hidden))
            return null;
        while (_levels.Peek() is var left && !key.StartsWith(left.Directory.Prefix))
        {
            left.Complete(_lister);
            _levels.Pop();
        }
        while (true)
        {
            FlatWalkLevel level = _levels.Peek();
            int from = level.Directory.Prefix.Length;
            int slash = key[from..].IndexOf((byte)'/');
            if (slash < 0)
                return level;
            ReadOnlySpan<byte> prefix = key[..(from + slash + 1)];
            ReadOnlySpan<byte> name = prefix[from..^1];
            level.Builder?.AddCommonPrefix(prefix);
            if (!EntryName.IsShown(name))
            {
                _hidden = prefix.ToArray();
                return null;
            }
            _levels.Push(Open(_inodes.GetDirectory(level.Directory, name), askedAt));
        }
    }

    private static bool IsIn(FlatWalkLevel level, ReadOnlySpan<byte> key) => key.StartsWith(level.Directory.Prefix) && level.Holds(key);

    private FlatWalkLevel Open(DirectoryInode directory, long askedAt)
    {
        DirectoryListing? listing = _route.Enter(directory) ?? _lister.TryBegin(directory);
        if (listing is null)
            return new FlatWalkLevel(directory, null, null, _page);
        _isInVain = false;
        listing.ExpireBy(MountClock.After(_ttl, askedAt));
        return new FlatWalkLevel(directory, listing, _lister.CreateBuilder(listing), _page);
    }

    private void EndPage()
    {
        bool isTop = true;
        foreach (FlatWalkLevel level in _levels)
        {
            level.Builder?.Show();
            // Who waits for the end of a directory need not wait for all that lies below it.
            if (!isTop && _page - level.OpenedAt >= MaxPagesWaited && level.Listing is { Progress.IsBehind: true })
                level.HandOver(_lister, fromStart: false);
            isTop = false;
        }
        _pagesInVain = _isInVain ? _pagesInVain + 1 : 0;
        _route.Pass(_lastKey);
        while (_route.TakePassed() is { } missing)
            CompleteEmpty(missing);
        while (_route.TakeLate(MaxPagesWaited) is { } late)
            _lister.Fill(late);
    }

    // The scan has gone past a directory that somebody waits for: there is nothing in it.
    private void CompleteEmpty(DirectoryListing listing)
    {
        try
        {
            _lister.Complete(listing, _lister.CreateBuilder(listing), isScanned: true);
        }
        catch (Exception failure)
        {
            _lister.Fail(listing, failure);
            throw;
        }
    }

    private void End(Ending ending)
    {
        while (_levels.TryPeek(out FlatWalkLevel? level))
        {
            if (ending == Ending.Whole || (ending == Ending.AtLimit && !_limit.AsSpan().StartsWith(level.Directory.Prefix)))
                level.Complete(_lister);
            else
                level.HandOver(_lister, fromStart: ending == Ending.OutOfOrder);
            _levels.Pop();
        }
        while (_route.TakeLast() is { } listing)
        {
            if (ending == Ending.Whole)
                CompleteEmpty(listing);
            else
                _lister.Fill(listing);
        }
    }
}
