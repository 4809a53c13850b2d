using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.Snapshots;

namespace S3Mount.FileSystem.SavedListings;

/// <summary>
/// The listings that the last mount has left, as far as the store has not been asked since. Any thread.
/// <para>
/// A saved listing is shown at once, and until the store has listed its directory. It is no authority for what is not there.
/// Memory: the file, until all of its directories have been listed.
/// </para>
/// </summary>
/// <param name="file">Of <see cref="SnapshotKind.Saved"/>.</param>
/// <param name="prefixLength">Of the mount's root.</param>
/// <param name="mountSeconds">When the mount began, in seconds since 1970.</param>
internal sealed class SavedTree(SnapshotFile file, int prefixLength, ListingCache cache, long mountSeconds)
{
    // Only those that somebody has asked for, or the store has listed, by their numbers.
    private readonly ConcurrentDictionary<int, SavedDirectory> _directories = new();
    private readonly int _listed = Enumerable.Range(0, file.DirectoryCount).Count(number => file.Directory(number).IsListed);
    private volatile SnapshotFile? _file = file;
    private int _shown;
    private int _checked;
    private int _differed;

    /// <summary>Called, without any lock, for each directory that is shown for the first time, with how many entries it had.</summary>
    public Action<DirectoryInode, int> OnShown { get; set; } = (_, _) => { };

    /// <summary>Directories that are shown as they were saved.</summary>
    public int Unchecked => Volatile.Read(ref _shown);

    /// <summary>Directories that the store has listed since, or does not let be listed.</summary>
    public int Checked => Volatile.Read(ref _checked);

    /// <summary>How many of these held something else.</summary>
    public int Differed => Volatile.Read(ref _differed);

    /// <summary>The directory of the prefix itself; null: nothing is left to be shown, or saved again.</summary>
    public SnapshotDirectory? Root => _file?.Root;

    /// <summary>Whether there is a saved listing of a directory that may be shown.</summary>
    public bool Has(DirectoryInode directory) => TryFindShowable(directory, out _, out _);

    /// <summary>Whether a directory has been shown as it was saved, and not been listed since.</summary>
    public bool IsUnchecked(DirectoryInode directory) => TryFind(directory, out SnapshotDirectory found, out _) && Find(found) is { State: SavedState.Shown };

    /// <summary>The saved listing of a directory, in the cache from now on if there is room; null: there is none that may be shown.</summary>
    /// <param name="create">Makes an empty listing.</param>
    public DirectoryListing? TryShow(DirectoryInode directory, Func<SavedDirectory, DirectoryListing> create)
    {
        if (!TryFindShowable(directory, out SnapshotDirectory found, out SavedDirectory? saved))
            return null;
        DirectoryListing? listing;
        bool isFirst;
        // Replaced or shown, never both: the older of the two must not come into the cache last.
        lock (saved.Gate)
        {
            if (saved.IsReplaced)
                return null;
            listing = cache.FindListing(directory);
            if (listing is null)
            {
                listing = create(saved);
                PinnedListings.Fill(listing, found, mountSeconds);
                directory.LastListing = listing.Trace.After(directory.LastListing) with { IsKept = cache.Add(directory, listing) };
            }
            isFirst = TryMarkShown(saved);
        }
        if (isFirst)
            OnShown(directory, found.Count);
        return listing;
    }

    /// <summary>What a name stands for as it was saved, without a listing of its directory; null: that is not known.</summary>
    public DirectoryEntry? LookUp(DirectoryInode directory, ReadOnlySpan<byte> name)
    {
        if (!TryFindShowable(directory, out SnapshotDirectory found, out SavedDirectory? saved) || found.Find(name) is var position && position < 0)
            return null;
        bool isFirst;
        lock (saved.Gate)
        {
            if (saved.IsReplaced)
                return null;
            isFirst = TryMarkShown(saved);
        }
        if (isFirst)
            OnShown(directory, found.Count);
        return PinnedListings.ToDirectoryEntry(found[position]);
    }

    /// <summary>The store has listed a directory: from now on that is shown.</summary>
    /// <param name="before">What was remembered of the listing before it.</param>
    /// <param name="keep">Puts the listing in the place of the saved one.</param>
    public void Replace(DirectoryListing listing, ListingTrace? before, Action keep)
    {
        if (!TryFind(listing.Directory, out SnapshotDirectory found, out _) || (!found.IsListed && found.Count == 0))
        {
            keep();
            return;
        }
        SavedDirectory saved = Of(found);
        // Beyond the first time, what was compared once need not be compared again.
        bool isSame = saved.IsReplaced
            ? saved.State == SavedState.Same && before is not null && before.IsSameAs(listing.Trace)
            : found.IsListed && IsSame(found, listing);
        if (!isSame)
            ForgetMissing(found, listing);
        lock (saved.Gate)
        {
            Count(saved.State, isSame, found.IsListed);
            saved.State = isSame ? SavedState.Same : SavedState.Differs;
            keep();
        }
        // What the cache had no room for can only be saved again from the file.
        if (Checked == _listed && !cache.HasMadeRoom)
            _file = null;
    }

    /// <summary>The store does not let a directory be listed: what was saved of it is not shown, or saved, any more.</summary>
    /// <returns>Whether it was shown until now.</returns>
    public bool Deny(DirectoryInode directory)
    {
        if (!TryFindShowable(directory, out _, out SavedDirectory? saved))
            return false;
        lock (saved.Gate)
        {
            if (saved.IsReplaced)
                return false;
            Count(saved.State, isSame: false, isListed: true);
            saved.State = SavedState.Denied;
            cache.Forget(directory);
            directory.LastListing = null;
        }
        return true;
    }

    /// <summary>The directory of that name in another one; null: there is none in the file, or it is gone.</summary>
    public SnapshotDirectory? FindChild(SnapshotDirectory? parent, ReadOnlySpan<byte> name) =>
        parent is { } found && found.Find(name) is >= 0 and var position && found[position].IsDirectory && Find(found[position].Directory) is not { State: SavedState.Gone }
            ? found[position].Directory
            : null;

    /// <summary>Whether what was saved of a directory may be saved again.</summary>
    public bool IsRight(SnapshotDirectory directory) => directory.IsListed && Find(directory) is not { IsRight: false };

    private static bool IsSame(SnapshotDirectory found, DirectoryListing listing)
    {
        if (found.Count != listing.Count)
            return false;
        for (int i = 0; i < found.Count; i++)
        {
            SnapshotEntry saved = found[i];
            int index = listing.NameAt(i).SequenceEqual(saved.Name) ? i : listing.Find(saved.Name);
            if (index < 0 || listing[index].ToDirectoryEntry() != PinnedListings.ToDirectoryEntry(saved))
                return false;
        }
        return true;
    }

    // What comes back under the name of a directory that has gone is another one.
    private void ForgetMissing(SnapshotDirectory found, DirectoryListing listing)
    {
        for (int i = 0; i < found.Count; i++)
        {
            if (!found[i].IsDirectory || (listing.Find(found[i].Name) is >= 0 and var index && listing[index].IsDirectory))
                continue;
            SavedDirectory gone = Of(found[i].Directory);
            lock (gone.Gate)
            {
                Count(gone.State, isSame: false, found[i].Directory.IsListed);
                gone.State = SavedState.Gone;
            }
        }
    }

    private bool TryFindShowable(DirectoryInode directory, out SnapshotDirectory found, [NotNullWhen(true)] out SavedDirectory? saved)
    {
        saved = null;
        if (!TryFind(directory, out found, out bool isGone) || isGone || !found.IsListed)
            return false;
        saved = Of(found);
        return !saved.IsReplaced;
    }

    /// <param name="isGone">Whether a directory on the way there has gone since.</param>
    private bool TryFind(DirectoryInode directory, out SnapshotDirectory found, out bool isGone)
    {
        (found, isGone) = (default, false);
        if (_file is not { } file)
            return false;
        found = file.Root;
        ReadOnlySpan<byte> path = directory.Prefix.AsSpan(prefixLength);
        while (!path.IsEmpty)
        {
            int slash = path.IndexOf((byte)'/');
            int position = found.Find(path[..slash]);
            if (position < 0 || !found[position].IsDirectory)
                return false;
            found = found[position].Directory;
            isGone |= Find(found) is { State: SavedState.Gone };
            path = path[(slash + 1)..];
        }
        return true;
    }

    private SavedDirectory Of(SnapshotDirectory directory) => _directories.GetOrAdd(directory.Number, static _ => new SavedDirectory());

    private SavedDirectory? Find(SnapshotDirectory directory) => _directories.GetValueOrDefault(directory.Number);

    // Under the directory's gate, as what follows.
    private bool TryMarkShown(SavedDirectory saved)
    {
        if (saved.State != SavedState.Unused)
            return false;
        saved.State = SavedState.Shown;
        Interlocked.Increment(ref _shown);
        return true;
    }

    private void Count(SavedState before, bool isSame, bool isListed)
    {
        if (!isListed || before is not (SavedState.Unused or SavedState.Shown))
            return;
        if (before == SavedState.Shown)
            Interlocked.Decrement(ref _shown);
        Interlocked.Increment(ref _checked);
        if (!isSame)
            Interlocked.Increment(ref _differed);
    }
}
