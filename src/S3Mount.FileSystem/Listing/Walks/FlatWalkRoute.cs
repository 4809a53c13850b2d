using S3Mount.FileSystem.Inodes;

namespace S3Mount.FileSystem.Listing.Walks;

/// <summary>
/// Where a flat scan and its walk are: what the scan has passed, what it will soon come to, and how far it is ahead. Any thread;
/// all of it under one lock, so that who asks for a directory and the scan that comes to it agree on which of them lists it.
/// </summary>
internal sealed class FlatWalkRoute
{
    // Fewer pages tell nothing yet: several readers are not in order among themselves.
    private const int LeastPassed = 64;

    private readonly MountClock _clock;
    private readonly DirectoryInode _root;
    private readonly DirectoryListing _siblings;
    private readonly byte[] _start;
    private readonly int _reach;
    private readonly Lock _gate = new();
    // All guarded by _gate.
    private readonly Dictionary<DirectoryInode, (DirectoryListing Listing, int Page)> _adopted = [];
    private readonly Queue<(byte[] LastKey, int Directories)> _ahead = new();
    private byte[] _frontier;
    private int _frontierIndex;
    private byte[]? _limit;
    private byte[] _position;
    private int _page;
    private int _opened;
    private int _passed;
    private int _observed;
    private long _movedAt;
    private bool _isOver;
    private int _mostAhead;
    private TaskCompletionSource? _room;

    public FlatWalkRoute(MountClock clock, DirectoryListing siblings, DirectoryInode first, int reach)
    {
        _clock = clock;
        _movedAt = clock.Now;
        _root = siblings.Directory;
        _siblings = siblings;
        _start = _frontier = _position = first.Prefix;
        _frontierIndex = siblings.Find(first.Name);
        _reach = reach;
    }

    /// <summary>Where the scan ends, exclusive: another one has begun there; null: with the last key.</summary>
    public byte[]? Limit
    {
        get
        {
            lock (_gate)
                return _limit;
        }
    }

    /// <summary>Whether most directories that were scanned are not read: the walk does not descend as was thought.</summary>
    public bool IsInVain
    {
        get
        {
            lock (_gate)
                return IsMostlyInVain;
        }
    }

    /// <summary>The walk's latest sign of life, as a moment of <see cref="MountClock"/>.</summary>
    public long MovedAt
    {
        get
        {
            lock (_gate)
                return _movedAt;
        }
    }

    /// <summary>Whether a directory has been scanned, or will be soon.</summary>
    public bool Concerns(DirectoryInode directory)
    {
        lock (_gate)
            return !_isOver && IsWithin(directory.Prefix);
    }

    /// <summary>Another scan of the same keys begins there, behind this one's beginning.</summary>
    public void EndBefore(FlatWalkRoute other)
    {
        lock (_gate)
        {
            bool isBehind = other._start.AsSpan().StartsWith(_root.Prefix) && other._start.AsSpan().SequenceCompareTo(_start) > 0;
            if (isBehind && (_limit is null || other._start.AsSpan().SequenceCompareTo(_limit) < 0))
                _limit = other._start;
        }
    }

    /// <summary>The walk has come to a directory.</summary>
    public void Move(DirectoryInode directory)
    {
        lock (_gate)
        {
            _observed++;
            MoveTo(directory.Prefix);
        }
    }

    /// <summary>Takes over a listing that has just been begun, if the scan will soon come to its directory.</summary>
    public bool TryAdopt(DirectoryListing listing)
    {
        byte[] prefix = listing.Directory.Prefix;
        lock (_gate)
        {
            bool isAhead = !_isOver && IsWithin(prefix) && prefix.AsSpan().SequenceCompareTo(_frontier) > 0;
            if (!isAhead || !_adopted.TryAdd(listing.Directory, (listing, _page)))
                return false;
            MoveTo(prefix);
            return true;
        }
    }

    /// <summary>The scan comes to a directory: what asks for it from now on is not adopted.</summary>
    /// <returns>The listing that was adopted for it.</returns>
    public DirectoryListing? Enter(DirectoryInode directory)
    {
        lock (_gate)
        {
            _opened++;
            Advance(directory.Prefix);
            return _adopted.Remove(directory, out (DirectoryListing Listing, int Page) adopted) ? adopted.Listing : null;
        }
    }

    /// <summary>The scan has taken in a page.</summary>
    public void Pass(byte[] lastKey)
    {
        lock (_gate)
        {
            _page++;
            Advance(lastKey);
            _ahead.Enqueue((lastKey, _opened));
            _opened = 0;
            MoveTo(_position);
        }
    }

    /// <summary>A listing that was adopted for a directory that the scan has passed without coming to it.</summary>
    public DirectoryListing? TakePassed()
    {
        lock (_gate)
            return Take(adopted => IsPassed(adopted.Key.Prefix));
    }

    /// <summary>A listing that was adopted some pages ago, and to whose directory the scan has not come.</summary>
    public DirectoryListing? TakeLate(int pages)
    {
        lock (_gate)
            return Take(adopted => _page - adopted.Value.Page >= pages);
    }

    /// <summary>The scan has ended: nothing is adopted any more. A listing that is left.</summary>
    public DirectoryListing? TakeLast()
    {
        lock (_gate)
        {
            _isOver = true;
            return Take(_ => true);
        }
    }

    /// <summary>Completes when the scan is fewer pages ahead of the walk than that, or turns out to be in vain.</summary>
    public Task RoomAsync(int mostAhead)
    {
        lock (_gate)
        {
            if (_ahead.Count < mostAhead)
                return Task.CompletedTask;
            _mostAhead = mostAhead;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    // Under _gate, as what follows.
    private bool IsMostlyInVain => _passed >= LeastPassed && _observed * 2 < _passed;

    private bool IsWithin(ReadOnlySpan<byte> prefix)
    {
        if (prefix.Length <= _root.Prefix.Length || !prefix.StartsWith(_root.Prefix) || prefix.SequenceCompareTo(_start) < 0)
            return false;
        if (_limit is not null && prefix.SequenceCompareTo(_limit) >= 0)
            return false;
        if (prefix.SequenceCompareTo(_frontier) <= 0)
            return true;
        int index = _siblings.Find(TopOf(prefix));
        return index >= 0 && index <= _frontierIndex + _reach;
    }

    private bool IsPassed(ReadOnlySpan<byte> prefix) => prefix.SequenceCompareTo(_frontier) < 0 && !_frontier.AsSpan().StartsWith(prefix);

    private void Advance(byte[] frontier)
    {
        _frontier = frontier;
        ReadOnlySpan<byte> top = TopOf(frontier);
        while (_frontierIndex + 1 < _siblings.Count && EntryOrder.Compare(_siblings.NameAt(_frontierIndex + 1), top) <= 0)
            _frontierIndex++;
    }

    private ReadOnlySpan<byte> TopOf(ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> below = key[_root.Prefix.Length..];
        int slash = below.IndexOf((byte)'/');
        return slash < 0 ? below : below[..slash];
    }

    private void MoveTo(byte[] position)
    {
        if (position.AsSpan().SequenceCompareTo(_position) > 0)
            _position = position;
        while (_ahead.TryPeek(out (byte[] LastKey, int Directories) page) && page.LastKey.AsSpan().SequenceCompareTo(_position) <= 0)
            _passed += _ahead.Dequeue().Directories;
        _movedAt = _clock.Now;
        // Not for each directory of a walk: waking the scan costs more than reading one.
        if (_room is null || (_ahead.Count >= _mostAhead && !IsMostlyInVain))
            return;
        _room.TrySetResult();
        _room = null;
    }

    private DirectoryListing? Take(Func<KeyValuePair<DirectoryInode, (DirectoryListing Listing, int Page)>, bool> isWanted)
    {
        foreach (KeyValuePair<DirectoryInode, (DirectoryListing Listing, int Page)> adopted in _adopted)
        {
            if (!isWanted(adopted))
                continue;
            _adopted.Remove(adopted.Key);
            return adopted.Value.Listing;
        }
        return null;
    }
}
