namespace S3Mount.FileSystem.Listing;

/// <summary>What is remembered of a directory's last listing when the listing itself may be gone.</summary>
/// <param name="Pages">List pages it took.</param>
/// <param name="ExpiresAt">Until when it may answer, as a moment of <see cref="MountClock"/>.</param>
/// <param name="IsKept">Whether there was a place and a time for it in the cache: whether to list again while nobody waits.</param>
/// <param name="MtimeSeconds">Seconds of the directory's mtime.</param>
/// <param name="MtimeNanoseconds">Nanoseconds of it: a digest of the listing.</param>
/// <param name="Entries">Names in it.</param>
/// <param name="Directories">How many of them are directories.</param>
/// <param name="IsScanned">Whether a scan of many directories has made it, and no request for this one.</param>
/// <param name="IsForLookups">Whether nobody asked for it (<see cref="DirectoryListing.IsForLookups"/>).</param>
internal sealed record ListingTrace(
    int Pages, long ExpiresAt, long MtimeSeconds, uint MtimeNanoseconds, bool IsKept = false, int Entries = 0, int Directories = 0, bool IsScanned = false, bool IsForLookups = false)
{
    /// <summary>Whether both listings held the same, as far as a digest can tell.</summary>
    public bool IsSameAs(ListingTrace other) =>
        (MtimeSeconds, MtimeNanoseconds, Entries, Directories) == (other.MtimeSeconds, other.MtimeNanoseconds, other.Entries, other.Directories);
}
