namespace S3Mount.FileSystem;

/// <summary>What a file system holds now; for status and telemetry.</summary>
/// <param name="MemoryUsed">Bytes that blocks hold, readahead included; at most <paramref name="MemoryBudget"/>.</param>
/// <param name="Inodes">Inodes that the kernel knows, and directories that it knew.</param>
/// <param name="Listings">Listings, and answers to single lookups, that are kept.</param>
/// <param name="ListingBytes">Bytes that these take.</param>
/// <param name="HiddenKeys">Keys that were listed and that no path can name.</param>
/// <param name="SavedListings">Of a mount that keeps its listings.</param>
/// <param name="DiskCache">Of a mount that has one.</param>
/// <param name="Hydration">Of a mount that brings everything to it by itself.</param>
public readonly record struct ObjectFileSystemStatistics(long MemoryUsed, long MemoryBudget, int Inodes, int Listings, long ListingBytes, long HiddenKeys, SavedListings.SavedListingsStatus? SavedListings = null,
    Caching.Disk.DiskCacheStatistics? DiskCache = null, Warming.HydrationStatus? Hydration = null)
{
    /// <summary>What readers got, and what they waited for.</summary>
    public Reading.ReadStatistics? Reads { get; init; }

    public Reading.FilesBeingRead? BeingRead { get; init; }
}
