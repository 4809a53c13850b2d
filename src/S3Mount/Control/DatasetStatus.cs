using S3Mount.FileSystem;
using S3Mount.FileSystem.SavedListings;
using S3Mount.FileSystem.Warming;
using S3Mount.Hosting.Prefixes;

namespace S3Mount.Control;

/// <summary>How one of several datasets of a mount does. Memory, listings and the disk cache are those of the mount.</summary>
internal sealed record DatasetStatus
{
    /// <summary>Of its directory below the mountpoint.</summary>
    public required string Name { get; init; }

    /// <summary><c>s3://BUCKET/PREFIX/</c></summary>
    public required string Source { get; init; }

    /// <summary>Known to the kernel.</summary>
    public required long Inodes { get; init; }

    public required MountStatus.ReadsPart Reads { get; init; }

    public required MountStatus.StorePart Store { get; init; }

    public SavedListingsStatus? SavedListings { get; init; }

    public HydrationStatus? Hydration { get; init; }

    public static DatasetStatus Of(string name, OpenedPrefix prefix, ObjectFileSystemStatistics files) => new()
    {
        Name = name,
        Source = prefix.Settings.Url,
        Inodes = files.Inodes,
        Reads = MountStatus.ReadsPart.Of(files.Reads!),
        Store = MountStatus.StorePart.Of(prefix),
        SavedListings = files.SavedListings,
        Hydration = files.Hydration,
    };
}
