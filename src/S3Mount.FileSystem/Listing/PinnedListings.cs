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
        DirectoryInode directory = listing.Directory;
        if (TryFind(directory, out SnapshotDirectory found))
        {
            lock (directory.Gate)
            {
                for (int i = 0; i < found.Count; i++)
                    listing.Add(Append(directory, found[i]));
                directory.EndAppending(keepOpen: false);
            }
        }
        listing.Complete(ListingStamp.Of(listing, byName: null, pages: 1, mountSeconds), byName: null);
        listing.Progress.Complete();
    }

    /// <summary>What one name in a directory stands for, without filling a listing of the directory.</summary>
    public LookupResult LookUp(DirectoryInode directory, ReadOnlySpan<byte> name)
    {
        if (!TryFind(directory, out SnapshotDirectory found) || found.Find(name) is var position && position < 0)
            return new LookupResult(null, MountClock.Forever);
        SnapshotEntry entry = found[position];
        return new LookupResult(entry.IsDirectory ? DirectoryEntry.Directory : DirectoryEntry.File(entry.Version, entry.StorageClass), MountClock.Forever);
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
