using S3Mount.Configuration;
using S3Mount.FileSystem;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.SavedListings;
using S3Mount.FileSystem.Snapshots;
using S3Mount.ObjectStore;
using S3Mount.ObjectStore.S3;
using S3Mount.Telemetry;

namespace S3Mount.Hosting.Prefixes;

/// <summary>What a file system of one prefix is made of: its store, open and checked, and its listings where they are kept or pinned.</summary>
internal sealed class OpenedPrefix(MountSettings settings, S3ObjectStore store, SnapshotFile? snapshot, SavedListingsFile? saved) : IStoreFigures, IAsyncDisposable
{
    public MountSettings Settings => settings;

    public S3ObjectStore Store => store;

    public ObjectStoreStatistics Statistics => store.Statistics;

    public ObjectStoreHealth Health => store.Health;

    public int MaxConnections => settings.MaxConnections;

    /// <summary>Endpoint, region and bucket: what makes a key one of this store.</summary>
    private string StoreName => $"{S3StoreName.Of(store.EndpointUrl, store.Region)} {settings.Bucket}";

    /// <summary>
    /// What has to be the same for another process to go on with its files: the keys, of a pinned dataset the digest, and what the kernel was told
    /// of how long it may remember.
    /// </summary>
    public string Identity => $"{StoreName}/{settings.Prefix} {snapshot?.Summary.Digest} {settings.MetadataTtl.Ticks} {settings.NegativeMetadataTtl.Ticks}";

    public ObjectFileSystemOptions ToOptions(DiskCache? disk) => settings.ToFileSystemOptions(snapshot, saved, disk) with { DiskCacheStore = StoreName };

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
