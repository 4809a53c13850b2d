using System.Diagnostics;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.SavedListings;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing;

/// <summary>
/// A directory as one series of list pages tells it: entries in <see cref="EntryOrder"/>, one a name. While it is being listed it
/// only grows; what has been handed out stays in its place. One thread adds, any thread reads.
/// </summary>
internal sealed class DirectoryListing
{
    // The objects that make it up, without entries.
    private const int OwnSize = 500;

    private readonly ListingProgress _progress = new();
    private Run[] _runs = [];
    private int _runCount;
    private int _added;
    private int _count;
    private int[]? _byName;
    private ListingTrace? _trace;
    private long _expiresAt;
    private int _isWalked;
    private long _size = OwnSize;
    private int _named;
    private int _lookedUp;
    private bool _givesAttributes;

    public DirectoryListing(DirectoryInode directory, uint generation, long expiresAt)
    {
        Directory = directory;
        Generation = generation;
        _expiresAt = expiresAt;
    }

    public DirectoryInode Directory { get; }

    /// <summary>Names this listing in READDIR's offsets; unique in a mount until 2^31 listings later.</summary>
    public uint Generation { get; }

    /// <summary>Until when it may answer, as a moment of <see cref="MountClock"/>. One that was saved: for ever, until the store has listed its directory.</summary>
    public long ExpiresAt => Saved is { IsReplaced: true } ? 0 : Volatile.Read(ref _expiresAt);

    /// <summary>Where it comes from, if an earlier mount has saved it.</summary>
    public SavedDirectory? Saved { get; init; }

    /// <summary>It is what an earlier mount has saved, and the store has not been asked yet: no authority for what is not there.</summary>
    public bool IsUnchecked => Saved is { IsReplaced: false };

    /// <summary>Who waits for entries, and who waits for readers.</summary>
    public ListingProgress Progress => _progress;

    /// <summary>
    /// Nobody asked for it: names were looked up. It answers LOOKUPs for what it has. What it lacks may have come since, and nobody
    /// expects that to be remembered for as long: it is looked up alone, and who lists the directory gets a listing of his own time.
    /// </summary>
    public bool IsForLookups { get; init; }

    /// <summary>
    /// Where to put down the files of the same version as before that have another time: their entries are the same, so that nothing else
    /// tells. Null: nobody wants to know.
    /// </summary>
    public List<EntryRef>? Retimed { get; init; }

    /// <summary>Entries that can be had now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Entries added, those included that cannot be had yet.</summary>
    public int Added => _added;

    public bool IsComplete => Volatile.Read(ref _trace) is not null;

    /// <summary>Of a complete listing.</summary>
    public ListingTrace Trace => Volatile.Read(ref _trace) ?? throw new InvalidOperationException("the listing is not complete");

    /// <summary>What it takes in memory, in bytes. A slab that two listings share counts for both.</summary>
    public long SizeInBytes => Volatile.Read(ref _size);

    /// <summary>Files that were handed out by their names alone.</summary>
    public int Named => Volatile.Read(ref _named);

    /// <summary>LOOKUPs of files that it has answered.</summary>
    public int LookedUp => Volatile.Read(ref _lookedUp);

    /// <summary>Whether whoever reads it with READDIRPLUS gets the attributes of files.</summary>
    public bool GivesAttributes
    {
        get => Volatile.Read(ref _givesAttributes);
        set => Volatile.Write(ref _givesAttributes, value);
    }

    public EntryRef this[int index]
    {
        get
        {
            Run[] runs = Volatile.Read(ref _runs);
            int low = 0, high = Volatile.Read(ref _runCount) - 1;
            while (low < high)
            {
                int middle = (low + high + 1) >>> 1;
                if (runs[middle].Position <= index)
                    low = middle;
                else
                    high = middle - 1;
            }
            return new EntryRef(runs[low].Slab, runs[low].First + index - runs[low].Position);
        }
    }

    public ReadOnlySpan<byte> NameAt(int index) => this[index].Name;

    /// <summary>The position of a name among the entries that can be had, or a negative number.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        int[]? byName = Volatile.Read(ref _byName);
        int low = 0, high = (byName?.Length ?? Count) - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int position = byName is null ? middle : byName[middle];
            int order = EntryOrder.Compare(NameAt(position), name);
            if (order == 0)
                return position;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return -1;
    }

    /// <summary>This version is gone: if the listing gives it for that name, it no longer answers.</summary>
    public void Doubt(ReadOnlySpan<byte> name, in ObjectVersion version)
    {
        int index = Find(name);
        if (index < 0)
            return;
        EntryRef entry = this[index];
        lock (Directory.Gate)
        {
            if (!entry.IsDirectory && entry.Version.IsSameAs(version))
                entry.IsDoubtful = true;
        }
    }

    /// <summary>A walk has come to it.</summary>
    /// <returns>Whether it is the first.</returns>
    public bool MarkWalked() => Interlocked.Exchange(ref _isWalked, 1) == 0;

    /// <summary>What it will say holds from before it was asked for: it expires earlier. Only before it says anything.</summary>
    public void ExpireBy(long moment)
    {
        Debug.Assert(Count == 0, "a listing that has been read");
        if (moment < _expiresAt)
            Volatile.Write(ref _expiresAt, moment);
    }

    public void CountNamed(int files) => Interlocked.Add(ref _named, files);

    public void CountLookedUp() => Interlocked.Increment(ref _lookedUp);

    /// <summary>Adds an entry behind the others; it can be had after <see cref="Show"/>.</summary>
    public void Add(in EntryRef entry)
    {
        Debug.Assert(!IsComplete, "an entry for a listing that is complete");
        int last = _runCount - 1;
        bool continues = last >= 0 && _runs[last].Slab == entry.Slab && _runs[last].First + _added - _runs[last].Position == entry.Index;
        if (!continues)
        {
            if (_runCount == _runs.Length)
            {
                var grown = new Run[Math.Max(4, _runs.Length * 2)];
                _runs.CopyTo(grown, 0);
                Volatile.Write(ref _runs, grown);
            }
            _runs[_runCount] = new Run(_added, entry.Slab, entry.Index);
            Volatile.Write(ref _runCount, _runCount + 1);
        }
        _added++;
    }

    /// <summary>All that was added can be had.</summary>
    public void Show()
    {
        Volatile.Write(ref _count, _added);
        Volatile.Write(ref _size, SizeOf());
        _progress.Reach(_added);
    }

    /// <summary>Takes back what was added and cannot be had yet.</summary>
    public void TakeBack()
    {
        _added = _count;
        while (_runCount > 0 && _runs[_runCount - 1].Position >= _added)
            Volatile.Write(ref _runCount, _runCount - 1);
    }

    /// <summary>Nothing more will be added. Who waits is told by <see cref="ListingProgress.Complete"/>.</summary>
    /// <param name="byName">The positions in <see cref="EntryOrder"/>, of a listing that is not in it.</param>
    public void Complete(ListingTrace trace, int[]? byName)
    {
        Array.Resize(ref _runs, _runCount);
        Volatile.Write(ref _byName, byName);
        Volatile.Write(ref _count, _added);
        Volatile.Write(ref _size, SizeOf());
        Volatile.Write(ref _trace, trace);
    }

    private long SizeOf()
    {
        long size = OwnSize + (_runs.Length * 24L) + ((_byName?.Length ?? 0) * 4L);
        EntrySlab? last = null;
        foreach (ref readonly Run run in _runs.AsSpan(0, _runCount))
        {
            if (run.Slab != last)
                size += run.Slab.SizeInBytes;
            last = run.Slab;
        }
        return size;
    }

    /// <summary>Entries that lie one after another in a slab.</summary>
    private readonly record struct Run(int Position, EntrySlab Slab, int First);
}
