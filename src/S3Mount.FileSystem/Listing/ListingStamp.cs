using S3Mount.FileSystem.Inodes;

namespace S3Mount.FileSystem.Listing;

/// <summary>
/// A directory's mtime: the latest LastModified (when the mount began, if it has no files), and a digest over names, sizes and
/// versions as nanoseconds, so that any change of the listing changes it.
/// </summary>
internal static class ListingStamp
{
    /// <param name="byName">The order of the entries, if they are not in it.</param>
    public static ListingTrace Of(DirectoryListing listing, int[]? byName, int pages, long mountSeconds)
    {
        long latest = long.MinValue;
        ulong digest = PathHash.Root, names = PathHash.Root;
        int count = byName?.Length ?? listing.Added;
        int directories = 0;
        for (int i = 0; i < count; i++)
        {
            EntryRef entry = listing[byName is null ? i : byName[i]];
            digest = PathHash.Append(digest, entry.Name);
            ref Inodes.Entry file = ref entry.Slab[entry.Index];
            names = PathHash.Append(names, entry.Name);
            if ((file.Flags & EntryFlags.Directory) != 0)
            {
                names = PathHash.Mix(names);
                directories++;
                continue;
            }
            latest = Math.Max(latest, file.LastModified);
            digest = PathHash.Mix(digest ^ (ulong)file.Size ^ entry.Version.ETag.Digest ^ ((ulong)file.LastModified << 32));
        }
        // The kernel cuts nanoseconds at 999,999,999 (fuse_change_attributes_common, fs/fuse/inode.c, v6.18).
        uint nanoseconds = (uint)(PathHash.Mix(digest) % 1_000_000_000);
        return new ListingTrace(pages, listing.ExpiresAt, latest == long.MinValue ? mountSeconds : latest, nanoseconds, Entries: count, Directories: directories)
        {
            NamesDigest = names,
            IsInOrder = byName is null,
            Generation = listing.Generation,
            SameSince = listing.Generation,
        };
    }
}
