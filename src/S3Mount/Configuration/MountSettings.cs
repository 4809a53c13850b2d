using System.Net;
using Microsoft.Extensions.Logging;
using S3Mount.FileSystem;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.SavedListings;
using S3Mount.FileSystem.Snapshots;
using S3Mount.Fuse.Mounting;
using S3Mount.Fuse.Session;
using S3Mount.ObjectStore.S3;
using S3Mount.Telemetry;

namespace S3Mount.Configuration;

/// <summary>A mount as it was asked for: validated, with defaults filled in and paths made absolute.</summary>
internal sealed record MountSettings
{
    /// <summary>Empty where there are <see cref="Datasets"/>.</summary>
    public required string Bucket { get; init; }

    /// <summary>Empty, or ends in <c>/</c>.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>What is mounted instead of one bucket: each with its own bucket, store and times, and all else as here.</summary>
    public IReadOnlyList<DatasetSettings> Datasets { get; init; } = [];

    /// <summary>The file that datasets stand in, absolute.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>Absolute; links are not yet resolved, nor the dots after them.</summary>
    public required string Mountpoint { get; init; }

    /// <summary>What the mount table shows as the source; null: the bucket and prefix.</summary>
    public string? Source { get; init; }

    public bool NoExec { get; init; }

    public bool Foreground { get; init; }

    public string? Region { get; init; }

    public string? EndpointUrl { get; init; }

    public string? Profile { get; init; }

    public bool NoSignRequest { get; init; }

    public bool RequesterPays { get; init; }

    public bool ForcePathStyle { get; init; }

    public string? CaBundle { get; init; }

    public int MaxConnections { get; init; } = S3StoreOptions.DefaultMaxConnections;

    /// <summary><see cref="Timeout.InfiniteTimeSpan"/>: for ever.</summary>
    public TimeSpan IoDeadline { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan MetadataTtl { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan NegativeMetadataTtl { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Path of a snapshot, absolute; null: what the store lists.</summary>
    public string? Snapshot { get; init; }

    /// <summary>Directory for what is kept from mount to mount, absolute; null: nothing is.</summary>
    public string? Cache { get; init; }

    /// <summary>Bytes that <see cref="Cache"/> may take on its disk; null: all but a tenth of the disk.</summary>
    public long? MaxCacheSize { get; init; }

    /// <summary>Everything is brought to <see cref="Cache"/> in the background.</summary>
    public bool Hydrate { get; init; }

    /// <summary>Bytes.</summary>
    public required long Memory { get; init; }

    public bool AllowOther { get; init; }

    public bool AllowRoot { get; init; }

    public required uint Uid { get; init; }

    public required uint Gid { get; init; }

    public uint FileMode { get; init; } = 0x124; // 0444

    public uint DirMode { get; init; } = 0x16d; // 0555

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public string? LogFile { get; init; }

    /// <summary>Where metrics are served; null: nowhere.</summary>
    public IPEndPoint? MetricsListen { get; init; }

    /// <summary>Null: nothing is said of costs.</summary>
    public Prices? Prices { get; init; }

    /// <summary>What could not be had as it was asked for.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What is mounted, for people: <c>s3://bucket/prefix/</c>, or the file with the datasets.</summary>
    public string Url => ConfigurationFile is { } file && Bucket.Length == 0 ? file : $"s3://{Bucket}/{Prefix}";

    public S3StoreOptions ToStoreOptions() => new()
    {
        Bucket = Bucket,
        Prefix = Prefix,
        Region = Region,
        EndpointUrl = EndpointUrl,
        Profile = Profile,
        NoSignRequest = NoSignRequest,
        RequesterPays = RequesterPays,
        ForcePathStyle = ForcePathStyle,
        CaBundle = CaBundle,
        MaxConnections = MaxConnections,
        IoDeadline = IoDeadline,
    };

    public ObjectFileSystemOptions ToFileSystemOptions(SnapshotFile? snapshot, SavedListingsFile? saved = null, DiskCache? disk = null) => new()
    {
        DiskCache = disk,
        Snapshot = snapshot,
        SavedListings = saved,
        Prefix = Prefix,
        KernelCachesDirectories = DirectoryCacheOf(Environment.OSVersion.Version),
        KernelChoosesReadDirPlus = ReadDirPlusAutoOf(Environment.OSVersion.Version),
        MetadataTtl = MetadataTtl,
        NegativeMetadataTtl = NegativeMetadataTtl,
        MemoryBudget = Memory,
        Uid = Uid,
        Gid = Gid,
        FileMode = AllowRoot ? FileMode & OwnerBits : FileMode,
        DirectoryMode = AllowRoot ? DirMode & OwnerBits : DirMode,
        IoDeadline = IoDeadline,
        MaxConnections = MaxConnections,
    };

    /// <summary>
    /// Linux 6.9 to 6.12 keep a directory's entries whatever its times say (seen by gcsfuse, issue 2792; mended in 6.13).
    /// </summary>
    internal static bool DirectoryCacheOf(Version kernel) => kernel < new Version(6, 9) || kernel >= new Version(6, 13);

    /// <summary>
    /// Programs that stat every file (find -size, ls -l, os.scandir) read the names of a whole directory first, and the kernel's own
    /// choice asks for attributes with the first answer alone: a LOOKUP for each file that is not in it. From Linux 6.16 on the answer is as
    /// large as the program's buffer (fuse_readdir_uncached). To be asked always then spares such programs 50 us a file (find -size over
    /// 128,000 files, remote: 8.7 and 2.2 s) and costs those that want names nothing that shows, as long as all names of a directory fit one
    /// answer (<see cref="FileSystem.Inodes.AttributeWriter"/>). Before, an answer has one page, 23 entries with room for attributes.
    /// </summary>
    internal static bool ReadDirPlusAutoOf(Version kernel) => kernel < new Version(6, 16);

    public FuseSessionOptions ToSessionOptions() => new() { RequestDeadline = IoDeadline, ReadDirPlusAuto = ReadDirPlusAutoOf(Environment.OSVersion.Version) };

    public FuseMountOptions ToMountOptions() => new()
    {
        Source = Source ?? (Datasets.Count > 0 ? $"s3mount#{Path.GetFileName(ConfigurationFile)}" : $"s3mount#{Bucket}/{Prefix}".TrimEnd('/')),
        AllowOther = AllowOther || AllowRoot,
        NoExec = NoExec,
    };

    /// <summary>
    /// 0700. The kernel knows no allow_root: it is allow_other with the owner's bits alone, and default_permissions then lets
    /// in the owner and root.
    /// </summary>
    private const uint OwnerBits = 0x1c0;
}
