namespace S3Mount.FileSystem.Listing;

/// <summary>What is remembered of a directory's last listing when the listing itself may be gone.</summary>
/// <param name="Pages">List pages it took.</param>
/// <param name="MtimeSeconds">Seconds of the directory's mtime.</param>
/// <param name="MtimeNanoseconds">Nanoseconds of it: a digest of the listing.</param>
internal sealed record ListingTrace(int Pages, long MtimeSeconds, uint MtimeNanoseconds);
