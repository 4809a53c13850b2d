using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Snapshots;

namespace S3Mount.FileSystem.Listing;

/// <summary>
/// The listings of a pinned dataset: exactly the keys and versions of a snapshot, for as long as the mount lives, and the store is
/// never asked what there is. Any thread.
/// </summary>
/// <param name="prefixLength">Of the mount's root.</param>
internal sealed class PinnedListings(SnapshotFile snapshot, int prefixLength, long mountSeconds)
{
    /// <summary>Fills a listing from the snapshot, at once.</summary>
    public void Fill(DirectoryListing listing)
    {
        Fill(listing, TryFind(listing.Directory, out SnapshotDirectory found) ? found : null, mountSeconds);
    }

    /// <summary>Fills a listing from a directory of a snapshot, at once.</summary>
    /// <param name="found">Null: there is nothing in it.</param>
    public static void Fill(DirectoryListing listing, SnapshotDirectory? found, long mountSeconds)
    {
        DirectoryInode directory = listing.Directory;
        int count = found?.Count ?? 0;
        lock (directory.Gate)
        {
            for (int i = 0; i < count; i++)
                listing.Add(Append(directory, found!.Value[i]));
            directory.EndAppending(keepOpen: false);
        }
        int pages = Math.Max(1, (count + ListingBuilder.PageKeys - 1) / ListingBuilder.PageKeys);
        listing.Complete(ListingStamp.Of(listing, byName: null, pages, mountSeconds), byName: null);
        listing.Progress.Complete();
    }

    public static DirectoryEntry ToDirectoryEntry(in SnapshotEntry entry) => entry.IsDirectory ? DirectoryEntry.Directory : DirectoryEntry.File(entry.Version, entry.StorageClass);

    /// <summary>What one name in a directory stands for, without filling a listing of the directory.</summary>
    public LookupResult LookUp(DirectoryInode directory, ReadOnlySpan<byte> name)
    {
        if (!TryFind(directory, out SnapshotDirectory found) || found.Find(name) is var position && position < 0)
            return new LookupResult(null, MountClock.Forever);
        return new LookupResult(ToDirectoryEntry(found[position]), MountClock.Forever);
    }

    private bool TryFind(DirectoryInode directory, out SnapshotDirectory found) => snapshot.TryFindDirectory(directory.Prefix.AsSpan(prefixLength), out found);

    // A file that the kernel knows keeps its node id. Under the directory's gate.
    private static EntryRef Append(DirectoryInode directory, in SnapshotEntry entry)
    {
        if (entry.IsDirectory)
            return directory.AppendDirectory(entry.Name);
        byte storageClass = StorageClassCodes.Of(entry.StorageClass);
        return directory.TryFindFile(entry.Name, out EntryRef known) && known.TryRefresh(entry.Version, storageClass)
            ? known
            : directory.AppendFile(entry.Name, entry.Version, storageClass);
    }
}
