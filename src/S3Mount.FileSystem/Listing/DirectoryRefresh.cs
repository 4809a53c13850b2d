using System.Collections.Concurrent;
using S3Mount.FileSystem.Inodes;
using S3Mount.Fuse.Session;

namespace S3Mount.FileSystem.Listing;

/// <summary>
/// Lists directories again and tells the kernel what differs: by name what was added, changed or removed, and of the directory
/// itself its attributes and the entries that the kernel keeps. Any number of directories at once.
/// </summary>
/// <param name="notifier">Null before INIT.</param>
internal sealed class DirectoryRefresh(ListingCache listings, DirectoryLister lister, FuseNotifier? notifier, TimeProvider timeProvider)
{
    /// <summary>Page after page, so that who waits for the store is hardly kept.</summary>
    public bool IsSparing { get; init; }

    // Invalidations under way at once: far below what the notifier's queue holds before it drops the oldest.
    private const int Batch = 512;

    // The kernel takes one in microseconds, unless a LOOKUP or READDIR in the directory waits for the store.
    private static readonly TimeSpan _notifyDeadline = TimeSpan.FromSeconds(5);

    // A set: one that is gone may be below one that is refreshed with all below.
    private ConcurrentDictionary<DirectoryInode, bool> _below = [];
    private int _directories;
    private long _entries;
    private long _added;
    private long _changed;
    private long _removed;
    private bool _isLate;

    public RefreshResult Result(bool exists) => new(exists, _directories, _entries, _added, _changed, _removed, !Volatile.Read(ref _isLate));

    /// <summary>Directories that are to be listed next.</summary>
    public IReadOnlyCollection<DirectoryInode> TakeBelow() => Interlocked.Exchange(ref _below, []).Keys.ToArray();

    /// <summary>The directories below this one of which something is remembered.</summary>
    public void Add(DirectoryInode directory)
    {
        foreach (DirectoryInode child in directory.KnownDirectories().Where(IsRemembered))
            _below.TryAdd(child, true);
    }

    /// <summary>The new listing. Returns when the kernel has been told, or is late.</summary>
    /// <exception cref="ObjectStore.ObjectStoreException"/>
    public async Task<DirectoryListing> RunAsync(DirectoryInode directory, CancellationToken cancellationToken)
    {
        DirectoryListing? old = listings.FindPrevious(directory);
        DirectoryListing listing = await lister.ListAnewAsync(directory, IsSparing, cancellationToken).ConfigureAwait(false);
        await ApplyAsync(directory, old, listing, cancellationToken).ConfigureAwait(false);
        return listing;
    }

    /// <summary>The same of a listing that is there already.</summary>
    /// <param name="old">The one before it, if that is still there.</param>
    public async Task ApplyAsync(DirectoryInode directory, DirectoryListing? old, DirectoryListing listing, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _directories);
        Interlocked.Add(ref _entries, listing.Count);
        HashSet<byte[]> names = Compare(directory, old, listing);
        // A directory that went, or came back, holds something else than what is remembered of it.
        foreach (DirectoryInode other in directory.KnownDirectories().Where(known => names.Contains(known.Name) && IsRemembered(known)))
            await FollowAsync(other, listing, cancellationToken).ConfigureAwait(false);
        // With nothing to compare with, the kernel may still hold entries of a listing that is long gone.
        if (names.Count > 0 || old is null)
            await TellAsync(directory, names, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The directory cannot be listed any more: the kernel forgets what it remembers of it.</summary>
    /// <param name="old">What was shown.</param>
    public Task ForgetAsync(DirectoryInode directory, DirectoryListing? old, CancellationToken cancellationToken)
    {
        var names = new HashSet<byte[]>(NameComparer.Instance);
        for (int i = 0; i < (old?.Count ?? 0); i++)
            names.Add(old!.NameAt(i).ToArray());
        foreach (EntryRef known in directory.KnownFiles())
            names.Add(known.Name.ToArray());
        names.UnionWith(directory.KnownDirectories().Select(known => known.Name));
        return TellAsync(directory, names, cancellationToken);
    }

    // Nothing lies below a directory that is not in the one above it: where time is no matter, that is not asked for.
    private async Task FollowAsync(DirectoryInode other, DirectoryListing above, CancellationToken cancellationToken)
    {
        if (IsSparing && !IsDirectory(above, other.Name) && listings.FindListing(above.Directory) == above)
        {
            if (listings.FindListing(other) is { IsUnchecked: false, Count: 0 })
                return;
            DirectoryListing? old = listings.FindPrevious(other);
            if (lister.TryEmpty(other, above.ExpiresAt) is { } empty)
            {
                await ApplyAsync(other, old, empty, cancellationToken).ConfigureAwait(false);
                return;
            }
        }
        _below.TryAdd(other, true);
    }

    private static bool IsRemembered(DirectoryInode directory) => directory.LastListing is not null || directory.HasChildren();

    public static bool IsDirectory(DirectoryListing listing, byte[] name) => listing.Find(name) is >= 0 and var index && listing[index].IsDirectory;

    private HashSet<byte[]> Compare(DirectoryInode directory, DirectoryListing? old, DirectoryListing listing)
    {
        var names = new HashSet<byte[]>(NameComparer.Instance);
        if (old is not null)
            AddDifferences(names, old, listing);
        // What the kernel knows may be older than the last listing.
        var same = new HashSet<byte[]>(NameComparer.Instance);
        foreach (EntryRef known in directory.KnownFiles())
        {
            int index = listing.Find(known.Name);
            Compare(names, same, known.Name, index, index >= 0 && IsSame(known, listing[index]), isCounted: old is null);
        }
        // A directory stays known when it has gone.
        foreach (DirectoryInode known in old is null ? directory.KnownDirectories() : [])
        {
            int index = listing.Find(known.Name);
            Compare(names, same, known.Name, index, index >= 0 && listing[index].IsDirectory, isCounted: true);
        }
        // With no listing to compare with, it may also remember of any other name that it does not exist.
        for (int i = 0; old is null && i < listing.Count; i++)
        {
            byte[] name = listing.NameAt(i).ToArray();
            if (!same.Contains(name))
                names.Add(name);
        }
        return names;
    }

    private void Compare(HashSet<byte[]> names, HashSet<byte[]> same, ReadOnlySpan<byte> known, int index, bool isSame, bool isCounted)
    {
        byte[] name = known.ToArray();
        if (isSame)
            same.Add(name);
        else if (names.Add(name) && isCounted)
            Interlocked.Increment(ref (index < 0 ? ref _removed : ref _changed));
    }

    // What has not changed is the same entry.
    private static bool IsSame(in EntryRef before, in EntryRef now) => before == now || before.ToDirectoryEntry() == now.ToDirectoryEntry();

    private void AddDifferences(HashSet<byte[]> names, DirectoryListing old, DirectoryListing listing)
    {
        for (int i = 0; i < listing.Count; i++)
        {
            int before = old.Find(listing.NameAt(i));
            if (before >= 0 && IsSame(old[before], listing[i]))
                continue;
            names.Add(listing.NameAt(i).ToArray());
            Interlocked.Increment(ref (before < 0 ? ref _added : ref _changed));
        }
        for (int i = 0; i < old.Count; i++)
        {
            if (listing.Find(old.NameAt(i)) >= 0)
                continue;
            names.Add(old.NameAt(i).ToArray());
            Interlocked.Increment(ref _removed);
        }
    }

    private async Task TellAsync(DirectoryInode directory, HashSet<byte[]> names, CancellationToken cancellationToken)
    {
        foreach (byte[] name in names)
            listings.Forget(directory, name);
        if (notifier is null)
            return;
        foreach (byte[][] batch in names.Chunk(Batch))
            await TakenAsync(Task.WhenAll(batch.Select(name => notifier.InvalidateEntryAsync(directory.Id, name, expireOnly: true))), cancellationToken).ConfigureAwait(false);
        // No page of a directory is ever locked while the daemon is asked, so this waits for nobody.
        await TakenAsync(notifier.InvalidateInodeAsync(directory.Id, 0, 0), cancellationToken).ConfigureAwait(false);
    }

    private async Task TakenAsync(Task taken, CancellationToken cancellationToken)
    {
        // What is late once is not waited for again, and comes all the same: the notifier keeps the order.
        TimeSpan deadline = Volatile.Read(ref _isLate) ? TimeSpan.Zero : _notifyDeadline;
        try
        {
            await taken.WaitAsync(deadline, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Volatile.Write(ref _isLate, true);
        }
    }
}
