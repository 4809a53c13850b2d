using Microsoft.Extensions.Logging;
using S3Mount.FileSystem;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Handover;
using S3Mount.Hosting.Handover;
using S3Mount.ObjectStore.S3;
using S3Mount.Telemetry;

namespace S3Mount.Hosting.Prefixes;

/// <summary>A mount of one bucket, or of one prefix of it.</summary>
internal sealed class OnePrefix(OpenedPrefix prefix, TimeProvider timeProvider, ILogger logger) : IMountContents
{
    public IStoreFigures Stores => prefix;

    public string StoreName => S3StoreName.Of(prefix.Store.EndpointUrl, prefix.Store.Region);

    public static async Task<IMountContents> OpenAsync(PrefixOpening opening, TimeProvider timeProvider, ILogger logger, CancellationToken stopping) =>
        new OnePrefix(await opening.OpenAsync(stopping).ConfigureAwait(false), timeProvider, logger);

    public Task<IMountedFiles> CreateFilesAsync(DiskCache? disk, MountHandover? handover)
    {
        ObjectFileSystem Create(InodeStart? inodes) => new(prefix.Store, prefix.ToOptions(disk) with { Inodes = inodes }, timeProvider, logger);
        IMountedFiles files = handover is null ? Create(null) : handover.WithInodes(Create);
        handover?.Begin();
        return Task.FromResult(files);
    }

    public ValueTask DisposeAsync() => prefix.DisposeAsync();
}
