namespace S3Mount.FileSystem;

/// <summary>How objects are shown as files.</summary>
public sealed record ObjectFileSystemOptions
{
    /// <summary>
    /// The least <see cref="MemoryBudget"/>: one demand part of the largest size and its readahead, or sixteen READs of the
    /// largest size.
    /// </summary>
    public const long MinMemoryBudget = 16 << 20;

    /// <summary>Empty, or a prefix that ends in <c>/</c>: the root of the mount.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>
    /// A pinned dataset: exactly its keys and versions are shown, and nothing is ever listed; the times to live below mean nothing then.
    /// Made of <see cref="Prefix"/>, as the caller has checked.
    /// </summary>
    public Snapshots.SnapshotFile? Snapshot { get; init; }

    /// <summary>Where listings are kept from mount to mount; null: nowhere. Of <see cref="Prefix"/>; a <see cref="Snapshot"/> has no use for it.</summary>
    public SavedListings.SavedListingsFile? SavedListings { get; init; }

    /// <summary>Of a mount that may outlive its process; null: node ids begin anew and end with the file system.</summary>
    public Handover.InodeStart? Inodes { get; init; }

    /// <summary>Where what was fetched is kept on a disk; null: nowhere. Loaded; the caller disposes it after the file system.</summary>
    public Caching.Disk.DiskCache? DiskCache { get; init; }

    /// <summary>Endpoint and bucket: what makes a key one of this store in <see cref="DiskCache"/>. The same text in every mount of the bucket.</summary>
    public string DiskCacheStore { get; init; } = "";

    /// <summary>How long what a lookup or listing said holds; <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</summary>
    public TimeSpan MetadataTtl { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a name that does not exist is remembered.</summary>
    public TimeSpan NegativeMetadataTtl { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the kernel may keep the entries of directories (FOPEN_CACHE_DIR).</summary>
    public bool KernelCachesDirectories { get; init; } = true;

    /// <summary>
    /// Whether the kernel asks for attributes only where it has seen them wanted (FUSE_READDIRPLUS_AUTO); else it asks always, and
    /// the file system alone decides.
    /// </summary>
    public bool KernelChoosesReadDirPlus { get; init; } = true;

    /// <summary>Bytes for blocks and readahead together.</summary>
    public required long MemoryBudget { get; init; }

    /// <summary>Of a file system that is one of several of a mount, which has them; null: it has its own.</summary>
    internal Caching.MountCaches? Caches { get; init; }

    /// <summary>Its name in the root of the mount, where it is one of several; null: it is the root.</summary>
    internal byte[]? Name { get; init; }

    /// <summary>Whose the node ids are then (<see cref="Inodes.NodeNumbers.OwnerOf"/>).</summary>
    internal object? Owner { get; init; }

    /// <summary>Bytes for listings that may still answer, and as many again for those that READDIR goes on with.</summary>
    internal long ListingMemory { get; init; } = Listing.ListingCache.DefaultSizeLimit;

    /// <summary>List pages asked for ahead of whoever reads a directory.</summary>
    internal int ListPagesAhead { get; init; } = int.MaxValue;

    public required uint Uid { get; init; }

    public required uint Gid { get; init; }

    /// <summary>Permission bits of files.</summary>
    public uint FileMode { get; init; } = 0x124; // 0444

    /// <summary>Permission bits of directories.</summary>
    public uint DirectoryMode { get; init; } = 0x16d; // 0555

    /// <summary>How long a read waits for the store, all retries together; <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</summary>
    public TimeSpan IoDeadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Requests that the store serves at once; bounds how far readahead goes.</summary>
    public int MaxConnections { get; init; } = 64;
}
