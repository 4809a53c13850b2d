using System.Collections.Concurrent;
using S3Mount.FileSystem.Inodes;
using S3Mount.Fuse.Session;

namespace S3Mount.FileSystem.Listing;

/// <summary>
/// Lists directories again and tells the kernel what differs: by name what was added, changed or removed, and of the directory
/// itself its attributes and the entries that the kernel keeps. Any number of directories at once.
/// </summary>
/// <param name="notifier">Null before INIT.</param>
internal sealed class DirectoryRefresh(ListingCache listings, DirectoryLister lister, FuseNotifier? notifier, MountClock clock)
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
        directory.BeginLookupEra();
        Interlocked.Increment(ref _directories);
        Interlocked.Add(ref _entries, listing.Count);
        // With nothing to compare with, the kernel may still hold entries of a listing that is long gone.
        bool isTold = old is null;
        // A directory can have a million names: no more of them are at hand than are told at once.
        foreach (byte[][] names in Differences(directory, old, listing).Chunk(Batch))
        {
            isTold = true;
            await FollowAsync(directory, names, listing, cancellationToken).ConfigureAwait(false);
            await TellAsync(directory, names, cancellationToken).ConfigureAwait(false);
        }
        if (isTold)
            await TellAsync(directory, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The directory cannot be listed any more: the kernel forgets what it remembers of it.</summary>
    /// <param name="old">What was shown.</param>
    public async Task ForgetAsync(DirectoryInode directory, DirectoryListing? old, CancellationToken cancellationToken)
    {
        IEnumerable<byte[]> shown = Enumerable.Range(0, old?.Count ?? 0).Select(i => old!.NameAt(i).ToArray());
        IEnumerable<byte[]> known = directory.KnownFiles().Select(file => file.Name.ToArray()).Concat(directory.KnownDirectories().Select(other => other.Name));
        foreach (byte[][] names in shown.Concat(known).Chunk(Batch))
            await TellAsync(directory, names, cancellationToken).ConfigureAwait(false);
        await TellAsync(directory, cancellationToken).ConfigureAwait(false);
    }

    // A directory that went, or came back, holds something else than what is remembered of it.
    private async Task FollowAsync(DirectoryInode directory, byte[][] names, DirectoryListing listing, CancellationToken cancellationToken)
    {
        foreach (byte[] name in names)
        {
            DirectoryInode? known;
            lock (directory.Gate)
                known = directory.FindDirectory(name);
            if (known is not null && IsRemembered(known))
                await FollowAsync(known, listing, cancellationToken).ConfigureAwait(false);
        }
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

    // What the kernel must not remember of, each name once or, if it knows a version of its own, twice.
    private IEnumerable<byte[]> Differences(DirectoryInode directory, DirectoryListing? old, DirectoryListing listing)
    {
        IEnumerable<byte[]> names = old is null ? Unknown(directory, listing) : Changed(old, listing).Concat(Removed(old, listing));
        return Known(directory, old, listing).Concat(names).Concat(Retimed(listing));
    }

    private IEnumerable<byte[]> Changed(DirectoryListing old, DirectoryListing listing)
    {
        for (int i = 0; i < listing.Count; i++)
        {
            int before = old.Find(listing.NameAt(i));
            if (before >= 0 && IsSame(old[before], listing[i]))
                continue;
            Interlocked.Increment(ref (before < 0 ? ref _added : ref _changed));
            yield return listing.NameAt(i).ToArray();
        }
    }

    private IEnumerable<byte[]> Removed(DirectoryListing old, DirectoryListing listing)
    {
        for (int i = 0; i < old.Count; i++)
        {
            if (listing.Find(old.NameAt(i)) >= 0)
                continue;
            Interlocked.Increment(ref _removed);
            yield return old.NameAt(i).ToArray();
        }
    }

    // What the kernel knows may be older than the last listing.
    private IEnumerable<byte[]> Known(DirectoryInode directory, DirectoryListing? old, DirectoryListing listing)
    {
        foreach (EntryRef known in directory.KnownFiles())
        {
            int index = listing.Find(known.Name);
            if (index >= 0 && IsSame(known, listing[index]))
                continue;
            if (old is null)
                Interlocked.Increment(ref (index < 0 ? ref _removed : ref _changed));
            else if (IsDifferent(old, listing, known.Name))
                continue;
            yield return known.Name.ToArray();
        }
        // A directory stays known when it has gone.
        foreach (DirectoryInode known in old is null ? directory.KnownDirectories() : [])
        {
            int index = listing.Find(known.Name);
            if (index >= 0 && listing[index].IsDirectory)
                continue;
            Interlocked.Increment(ref (index < 0 ? ref _removed : ref _changed));
            yield return known.Name;
        }
    }

    // With no listing to compare with: whatever was not there when the kernel asked for it.
    private IEnumerable<byte[]> Unknown(DirectoryInode directory, DirectoryListing listing)
    {
        for (int i = 0; i < listing.Count && !clock.HasPassed(directory.MissingUntil); i++)
        {
            if (!IsKnown(directory, listing[i]))
                yield return listing.NameAt(i).ToArray();
        }
    }

    // The same version, and the same entry: the kernel has its time from before.
    private IEnumerable<byte[]> Retimed(DirectoryListing listing)
    {
        foreach (EntryRef file in listing.Retimed ?? [])
        {
            Interlocked.Increment(ref _changed);
            yield return file.Name.ToArray();
        }
        listing.Retimed?.Clear();
    }

    private static bool IsKnown(DirectoryInode directory, EntryRef listed)
    {
        lock (directory.Gate)
            return listed.IsDirectory ? directory.FindDirectory(listed.Name) is not null : directory.TryFindFile(listed.Name, out _);
    }

    // Told already, as what differs from the listing before.
    private static bool IsDifferent(DirectoryListing old, DirectoryListing listing, ReadOnlySpan<byte> name)
    {
        int before = old.Find(name), now = listing.Find(name);
        return before >= 0 && now >= 0 ? !IsSame(old[before], listing[now]) : before >= 0 || now >= 0;
    }

    // What has not changed is the same entry.
    private static bool IsSame(in EntryRef before, in EntryRef now) => before == now || before.ToDirectoryEntry() == now.ToDirectoryEntry();

    private async Task TellAsync(DirectoryInode directory, byte[][] names, CancellationToken cancellationToken)
    {
        if (notifier is not null)
            await TakenAsync(Task.WhenAll(names.Select(name => notifier.InvalidateEntryAsync(directory.Id, name, expireOnly: true))), cancellationToken).ConfigureAwait(false);
    }

    // No page of a directory is ever locked while the daemon is asked, so this waits for nobody.
    private async Task TellAsync(DirectoryInode directory, CancellationToken cancellationToken)
    {
        if (notifier is not null)
            await TakenAsync(notifier.InvalidateInodeAsync(directory.Id, 0, 0), cancellationToken).ConfigureAwait(false);
    }

    private async Task TakenAsync(Task taken, CancellationToken cancellationToken)
    {
        // What is late once is not waited for again, and comes all the same: the notifier keeps the order.
        TimeSpan deadline = Volatile.Read(ref _isLate) ? TimeSpan.Zero : _notifyDeadline;
        try
        {
            await taken.WaitAsync(deadline, clock.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Volatile.Write(ref _isLate, true);
        }
    }
}
