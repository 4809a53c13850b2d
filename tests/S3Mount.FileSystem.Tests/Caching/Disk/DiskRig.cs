using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Reading;
using S3Mount.FileSystem.Tests.Reading;
using S3Mount.Testing;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.Caching.Disk;

/// <summary>What one process has: blocks in memory and a disk cache, over a store and a clock that outlive it.</summary>
internal sealed class DiskRig : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly FakeTimeProvider _time;

    public DiskRig(
        string directory, FakeObjectStore store, FakeTimeProvider time, long? maxSize = null, long? segmentSize = 128 << 10, string name = "AWS bucket",
        Func<DiskCacheOptions, DiskCacheOptions>? change = null)
    {
        _time = time;
        var options = new DiskCacheOptions { Directory = directory, MaxSize = maxSize, SegmentSize = segmentSize };
        Disk = new DiskCache(change?.Invoke(options) ?? options, time, Log);
        Disk.Load();
        Cache = new BlockCache(64 << 20);
        Fetcher = new BlockFetcher(store, Cache, new MountClock(time), new ObjectFileSystemOptions { MemoryBudget = 64 << 20, Uid = 0, Gid = 0, DiskCache = Disk, DiskCacheStore = name }, _stopping.Token);
    }

    /// <summary>A clock that is ahead of the times that the kernel gives to files, as every later moment is.</summary>
    public static FakeTimeProvider NewClock() => new(DateTimeOffset.UtcNow.AddDays(1));

    public RecordingLogger Log { get; } = new();

    public DiskCache Disk { get; }

    public BlockCache Cache { get; }

    public BlockFetcher Fetcher { get; }

    /// <summary>Reads through a reader of its own: nothing is in memory.</summary>
    public async Task<byte[]> ReadAsync(StoredObject stored, long offset, int length, CancellationToken cancellationToken = default)
    {
        await Disk.WaitForLoadAsync(cancellationToken);
        using var reader = new ObjectReader(Fetcher, stored.Key, stored.Version);
        return await ReaderRig.ReadAsync(reader, offset, length, cancellationToken);
    }

    public Task<byte[]> ReadAsync(StoredObject stored, CancellationToken cancellationToken = default) => ReadAsync(stored, 0, (int)stored.Size, cancellationToken);

    /// <summary>Lets time go by, and each look at the directory end that it brings.</summary>
    public async Task AdvanceAsync(TimeSpan by, CancellationToken cancellationToken)
    {
        await SettleAsync(cancellationToken);
        for (TimeSpan step = TimeSpan.FromSeconds(10); by > TimeSpan.Zero; by -= step)
        {
            _time.Advance(by < step ? by : step);
            await SettleAsync(cancellationToken);
        }
    }

    /// <summary>Waits until all that was fetched is written or given up, and the directory has been looked at.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        while (Disk.WaitingBytes > 0 || Disk.IsLooking)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>How often a warning was logged that contains a text.</summary>
    public int Said(string text) => Log.Lines.Count(line => line.Text.Contains(text, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Fetcher.Dispose();
        Cache.Dispose();
        await Disk.DisposeAsync();
        _stopping.Dispose();
    }
}
