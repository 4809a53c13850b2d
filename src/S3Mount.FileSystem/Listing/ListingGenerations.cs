using S3Mount.FileSystem.Inodes;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing;

/// <summary>
/// The listings that READDIR has handed out. A reader that is half-way through a directory goes on in the listing that it
/// began with: each is kept for a while after its last use, whatever has been listed since. Bounded in bytes (the one used
/// last is always kept). Those that have been read to their end are the first to go: a walk leaves them behind it, and whoever
/// goes back in one finds its place in a newer listing of the same names. Any thread.
/// </summary>
internal sealed class ListingGenerations
{
    /// <summary>
    /// A program that works on each entry before it reads on (find -exec, a scan that opens every file) takes 32 KiB of entries
    /// at a time: 900 names, and four seconds for each.
    /// </summary>
    private static readonly TimeSpan _minimumKeep = TimeSpan.FromHours(1);

    // An eighth for those that have been read to their end: of 256 MiB, 400 directories of 1,300 files. The listing cache holds them too,
    // unless it has let go of others than these: beside each other they would take twice as much.
    private const int EndedShare = 8;

    private readonly Lock _gate = new();
    // By directory: few generations each.
    private readonly Dictionary<ulong, List<LinkedListNode<Kept>>> _kept = [];
    // Most recently used first.
    private readonly LinkedList<Kept> _order = new();
    // Those that nobody is in the middle of, likewise.
    private readonly LinkedList<Kept> _ended = new();
    private readonly MountClock _clock;
    private readonly long _sizeLimit;
    private long _size;
    private long _endedSize;

    public ListingGenerations(MountClock clock, long sizeLimit) => (_clock, _sizeLimit) = (clock, sizeLimit);

    /// <summary>The listing of that generation, its last use being now; null when it is gone.</summary>
    public DirectoryListing? Find(DirectoryInode directory, uint generation)
    {
        lock (_gate)
        {
            if (FindNode(directory, generation) is not { } node || _clock.HasPassed(node.Value.Until))
                return null;
            Use(node);
            return node.Value.Listing;
        }
    }

    /// <summary>Keeps a listing that is about to be handed out to one more reader.</summary>
    /// <param name="metadataTtl">For how long after its last use at least.</param>
    public void Keep(DirectoryInode directory, DirectoryListing listing, TimeSpan metadataTtl)
    {
        lock (_gate)
        {
            if (FindNode(directory, listing.Generation) is { } known)
            {
                known.Value.Readers++;
                Use(known);
                return;
            }
            var node = new LinkedListNode<Kept>(new Kept(directory.Id.Value, listing, KeepOf(metadataTtl)));
            if (!_kept.TryGetValue(directory.Id.Value, out List<LinkedListNode<Kept>>? generations))
                _kept.Add(directory.Id.Value, generations = []);
            generations.Add(node);
            _size += node.Value.Size;
            _order.AddFirst(node);
            node.Value.Until = _clock.After(node.Value.Keep);
            Drop();
        }
    }

    /// <summary>A reader has come to the end of it.</summary>
    public void End(DirectoryInode directory, DirectoryListing listing)
    {
        lock (_gate)
        {
            if (FindNode(directory, listing.Generation) is not { } node || --node.Value.Readers > 0)
                return;
            node.Value.Readers = 0;
            Use(node);
            _order.Remove(node);
            _ended.AddFirst(node);
            _endedSize += node.Value.Size;
            Drop();
        }
    }

    /// <summary>
    /// A read has found that this version is gone: no generation hands it out any more. A reader goes on in one that the
    /// listing cache has replaced, or had no place for.
    /// </summary>
    public void Doubt(DirectoryInode directory, byte[] name, in ObjectVersion version)
    {
        lock (_gate)
        {
            if (!_kept.TryGetValue(directory.Id.Value, out List<LinkedListNode<Kept>>? generations))
                return;
            foreach (LinkedListNode<Kept> node in generations)
                node.Value.Listing.Doubt(name, version);
        }
    }

    /// <summary>Nobody goes on in its listings any more.</summary>
    public void Forget(DirectoryInode directory)
    {
        lock (_gate)
        {
            while (_kept.TryGetValue(directory.Id.Value, out List<LinkedListNode<Kept>>? generations))
            {
                LinkedListNode<Kept> node = generations[^1];
                if (node.List == _ended)
                    _endedSize -= node.Value.Size;
                Drop(node);
            }
        }
    }

    private static TimeSpan KeepOf(TimeSpan metadataTtl) => metadataTtl < TimeSpan.Zero || metadataTtl > _minimumKeep ? metadataTtl : _minimumKeep;

    private LinkedListNode<Kept>? FindNode(DirectoryInode directory, uint generation) =>
        _kept.TryGetValue(directory.Id.Value, out List<LinkedListNode<Kept>>? generations)
            ? generations.Find(node => node.Value.Listing.Generation == generation)
            : null;

    private void Use(LinkedListNode<Kept> node)
    {
        node.Value.Until = _clock.After(node.Value.Keep);
        if (node.List == _ended)
            _endedSize -= node.Value.Size;
        // It may have grown since.
        _size += node.Value.Listing.SizeInBytes - node.Value.Size;
        node.Value.Size = node.Value.Listing.SizeInBytes;
        node.List!.Remove(node);
        _order.AddFirst(node);
        Drop();
    }

    private void Drop()
    {
        while (_ended.Last is { } oldest && (_endedSize > _sizeLimit / EndedShare || _size > _sizeLimit || _clock.HasPassed(oldest.Value.Until)))
        {
            _endedSize -= oldest.Value.Size;
            Drop(oldest);
        }
        while (_order.Last is { } oldest && oldest != _order.First && (_size > _sizeLimit || _clock.HasPassed(oldest.Value.Until)))
            Drop(oldest);
    }

    private void Drop(LinkedListNode<Kept> node)
    {
        node.List!.Remove(node);
        List<LinkedListNode<Kept>> generations = _kept[node.Value.Directory];
        generations.Remove(node);
        if (generations.Count == 0)
            _kept.Remove(node.Value.Directory);
        _size -= node.Value.Size;
    }

    private sealed class Kept(ulong directory, DirectoryListing listing, TimeSpan keep)
    {
        public ulong Directory { get; } = directory;

        public DirectoryListing Listing { get; } = listing;

        public TimeSpan Keep { get; } = keep;

        /// <summary>What was counted for it.</summary>
        public long Size { get; set; } = listing.SizeInBytes;

        public long Until { get; set; }

        /// <summary>That have begun and not come to the end, as far as is known: some never do.</summary>
        public int Readers { get; set; } = 1;
    }
}
