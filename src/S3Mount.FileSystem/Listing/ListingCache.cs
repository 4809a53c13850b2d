using Microsoft.Extensions.Caching.Memory;
using S3Mount.FileSystem.Inodes;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing;

/// <summary>
/// Listings, and what single lookups said, each for as long as it may answer, bounded in bytes. Any thread. MemoryCache
/// refuses an entry that does not fit, so room is made before one is added; what still does not fit is simply not kept.
/// </summary>
internal sealed class ListingCache : IDisposable
{
    /// <summary>
    /// ImageNet's 1,281,167 files take 48 bytes each and about 20 of name here: 90 MB. That leaves room for another dataset's listings
    /// beside it.
    /// </summary>
    public const long DefaultSizeLimit = 256 << 20;

    // What an attribute takes: the entry, its key with the name, and MemoryCache's own entry object.
    private const long AttributeSize = 400;

    // Evicting a quarter at a time keeps the cost of finding what is oldest off most additions.
    private const double RoomToMake = 0.25;

    private readonly MemoryCache _cache;
    private readonly long _sizeLimit;
    private readonly MountClock _clock;
    private readonly Lock _gate = new();
    // What the cache held when it was last asked, and all that was added since: at least what it holds. To ask it counts its entries, and
    // takes each of its locks for it. Guarded by _gate.
    private long _mostHeld;
    private bool _hasMadeRoom;

    public ListingCache(MountClock clock, long sizeLimit = DefaultSizeLimit)
    {
        _clock = clock;
        _sizeLimit = sizeLimit;
        _cache = new MemoryCache(new MemoryCacheOptions
        {
            SizeLimit = sizeLimit,
            TrackStatistics = true,
            Clock = new CacheClock(clock.TimeProvider),
        });
    }

    /// <summary>Whether it has ever had to let go of something, or to refuse it, for want of room.</summary>
    public bool HasMadeRoom => Volatile.Read(ref _hasMadeRoom);

    /// <summary>Listings and answers to single lookups.</summary>
    public int Count => _cache.Count;

    /// <summary>What they take, in bytes.</summary>
    public long SizeInBytes => _cache.GetCurrentStatistics()?.CurrentEstimatedSize ?? 0;

    /// <summary>The directory's listing, if there is one and it may still answer.</summary>
    public DirectoryListing? FindListing(DirectoryInode directory) =>
        FindPrevious(directory) is { } listing && !_clock.HasPassed(listing.ExpiresAt) ? listing : null;

    /// <summary>The directory's latest listing, if it is still there: it may no longer answer, but says what was there.</summary>
    public DirectoryListing? FindPrevious(DirectoryInode directory) =>
        _cache.TryGetValue(directory, out object? found) ? (DirectoryListing?)found : null;

    /// <returns>Whether there is a place for a listing of its size, and time left for it.</returns>
    public bool Add(DirectoryInode directory, DirectoryListing listing)
    {
        // It stays beyond its time: listed again, what has not changed keeps its place in memory.
        return !_clock.HasPassed(listing.ExpiresAt) && Add(directory, listing, listing.SizeInBytes, expiresAfter: null);
    }

    /// <summary>What a lookup of one name said, if it may still answer.</summary>
    public LookupResult? FindAttribute(DirectoryInode directory, ReadOnlySpan<byte> name) =>
        _cache.TryGetValue(new AttributeKey(directory, name.ToArray()), out object? found) && found is LookupResult result && result.Era == directory.LookupEra && !_clock.HasPassed(result.ExpiresAt) ? result : null;

    public void Add(DirectoryInode directory, byte[] name, LookupResult result)
    {
        // Looked at once: time passes while an entry is added.
        TimeSpan left = _clock.Until(result.ExpiresAt);
        if (left > TimeSpan.Zero)
            Add(new AttributeKey(directory, name), result, AttributeSize + name.Length, result.ExpiresAt == MountClock.Forever ? null : left);
    }

    /// <summary>A read has found that this version is gone: nothing that gives it answers for its name any more.</summary>
    public void Doubt(DirectoryInode directory, byte[] name, in ObjectVersion version)
    {
        FindPrevious(directory)?.Doubt(name, version);
        if (FindAttribute(directory, name) is { Entry: { IsDirectory: false } entry } && entry.Version.IsSameAs(version))
            _cache.Remove(new AttributeKey(directory, name));
    }

    /// <summary>The directory's listing goes.</summary>
    public void Forget(DirectoryInode directory) => _cache.Remove(directory);

    /// <summary>All that is known of these directories and of names in them goes.</summary>
    public void Forget(IReadOnlySet<DirectoryInode> directories)
    {
        foreach (object key in _cache.Keys)
        {
            if (directories.Contains(key as DirectoryInode ?? ((AttributeKey)key).Directory))
                _cache.Remove(key);
        }
    }

    public void Dispose() => _cache.Dispose();

    private bool Add(object key, object value, long size, TimeSpan? expiresAfter)
    {
        if (size > _sizeLimit)
        {
            Volatile.Write(ref _hasMadeRoom, true);
            return false;
        }
        lock (_gate)
        {
            if (_mostHeld + size > _sizeLimit)
                MakeRoom(size);
            _mostHeld += size;
            using ICacheEntry entry = _cache.CreateEntry(key);
            entry.Size = size;
            entry.AbsoluteExpirationRelativeToNow = expiresAfter;
            entry.Value = value;
        }
        return true;
    }

    // Under _gate.
    private void MakeRoom(long size)
    {
        // Compact counts in whole entries: a quarter of fewer than four is none.
        while ((_mostHeld = _cache.GetCurrentStatistics()?.CurrentEstimatedSize ?? 0) + size > _sizeLimit && _cache.Count is > 0 and var count)
        {
            Volatile.Write(ref _hasMadeRoom, true);
            _cache.Compact(Math.Max(RoomToMake, 1.0 / count));
        }
    }

    private sealed class AttributeKey(DirectoryInode directory, byte[] name) : IEquatable<AttributeKey>
    {
        private readonly byte[] _name = name;

        public DirectoryInode Directory { get; } = directory;

        public bool Equals(AttributeKey? other) => other is not null && ReferenceEquals(Directory, other.Directory) && _name.AsSpan().SequenceEqual(other._name);

        public override bool Equals(object? obj) => Equals(obj as AttributeKey);

        public override int GetHashCode() => HashCode.Combine(Directory.Id, NameComparer.Instance.GetHashCode(_name));
    }
}
