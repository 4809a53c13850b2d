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
/// <param name="NamesDigest">Of the names, and of which are directories.</param>
/// <param name="IsInOrder">Whether each entry's position follows from what there is, and not from how the store gave it.</param>
/// <param name="Generation">The listing's own.</param>
/// <param name="SameSince">That of the first listing of a row, up to this one, that all held the same names.</param>
internal sealed record ListingTrace(
    int Pages, long ExpiresAt, long MtimeSeconds, uint MtimeNanoseconds, bool IsKept = false, int Entries = 0, int Directories = 0, bool IsScanned = false, bool IsForLookups = false,
    ulong NamesDigest = 0, bool IsInOrder = true, uint Generation = 0, uint SameSince = 0)
{
    /// <summary>Whether both listings held the same, as far as a digest can tell.</summary>
    public bool IsSameAs(ListingTrace other) =>
        (MtimeSeconds, MtimeNanoseconds, Entries, Directories) == (other.MtimeSeconds, other.MtimeNanoseconds, other.Entries, other.Directories);

    /// <summary>Whether both listings held the same name at each position, as far as a digest can tell.</summary>
    public bool IsAlignedWith(ListingTrace other) =>
        IsInOrder && other.IsInOrder && (NamesDigest, Entries, Directories) == (other.NamesDigest, other.Entries, other.Directories);

    /// <summary>What is remembered of this listing as the next of its directory.</summary>
    public ListingTrace After(ListingTrace? before) => before is not null && IsAlignedWith(before) ? this with { SameSince = before.SameSince } : this;

    /// <summary>Whether a generation is one of those that held the same names.</summary>
    /// <param name="strayed">One that is not, whatever its number: of those before it nothing is known either.</param>
    public bool Covers(uint generation, uint? strayed)
    {
        uint last = Since(Generation), at = Since(generation);
        return at <= last && !(strayed is { } odd && Since(odd) <= last && at <= Since(odd));
    }

    // Generations are numbers of 31 bits that begin anew.
    private uint Since(uint generation) => (generation - SameSince) & int.MaxValue;
}
