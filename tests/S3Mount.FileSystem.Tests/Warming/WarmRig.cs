using Microsoft.Extensions.Logging.Abstractions;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Tests.Semantics;
using S3Mount.FileSystem.Warming;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Warming;

/// <summary>A mount with a disk cache in a directory of its own.</summary>
internal sealed class WarmRig : IAsyncDisposable
{
    private readonly TempDirectory _directory;
    private readonly bool _ownsDirectory;

    private WarmRig(TempDirectory directory, bool ownsDirectory, DiskCache disk, MountRig mount)
    {
        (_directory, _ownsDirectory) = (directory, ownsDirectory);
        Disk = disk;
        Mount = mount;
    }

    public DiskCache Disk { get; }

    public MountRig Mount { get; }

    public FakeObjectStore Store => Mount.Store;

    public ObjectFileSystem Files => Mount.FileSystem;

    public static async Task<WarmRig> StartAsync(
        string prefix = "", Func<ObjectFileSystemOptions, ObjectFileSystemOptions>? change = null, Func<DiskCacheOptions, DiskCacheOptions>? cache = null,
        FakeObjectStore? existing = null, TempDirectory? directory = null, TimeProvider? cacheTime = null)
    {
        TempDirectory at = directory ?? new TempDirectory("s3mount-warm");
        var options = new DiskCacheOptions { Directory = at["cache"], MaxSize = 1L << 30 };
        var disk = new DiskCache(cache?.Invoke(options) ?? options, cacheTime ?? TimeProvider.System, NullLogger.Instance);
        disk.Load();
        await disk.WaitForLoadAsync(CancellationToken.None);
        MountRig mount = await MountRig.StartAsync(prefix, options => (change?.Invoke(options) ?? options) with { DiskCache = disk, DiskCacheStore = "test bucket" }, existing: existing);
        return new WarmRig(at, directory is null, disk, mount);
    }

    /// <summary>Brings paths near, or counts what is near.</summary>
    public async Task<WarmProgress> WarmAsync(CancellationToken cancellationToken, bool isCheck = false, params string[] paths)
    {
        using WarmJob job = Files.BeginWarming(isCheck);
        try
        {
            await Files.WarmAsync(job, paths.Length == 0 ? [""] : paths, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await ObjectFileSystem.EndWarmingAsync(job, CancellationToken.None);
            throw;
        }
        return await ObjectFileSystem.EndWarmingAsync(job, cancellationToken);
    }

    /// <summary>Reads a file of a <see cref="Ramp"/> through the mount and compares every byte.</summary>
    public async Task ReadRampAsync(string path, int seed)
    {
        FuseEntryOut entry = await Mount.WalkAsync(path);
        byte[] bytes = await Mount.ReadAsync(new NodeId(entry.NodeId), entry.Attr.Size);
        Assert.That(bytes, Has.Length.EqualTo((int)entry.Attr.Size));
        Assert.That(Ramp.FirstDifference(bytes, 0, seed), Is.EqualTo(-1), path);
    }

    public async ValueTask DisposeAsync()
    {
        await Mount.DisposeAsync();
        await Disk.DisposeAsync();
        if (_ownsDirectory)
            _directory.Dispose();
    }
}
