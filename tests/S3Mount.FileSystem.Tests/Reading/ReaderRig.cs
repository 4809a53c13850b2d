using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Reading;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.Reading;

/// <summary>Readers over a fake store and a clock that stands still, without the file system above them.</summary>
internal sealed class ReaderRig : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public ReaderRig(long budget = 64 << 20, int maxConnections = 64, TimeSpan? ioDeadline = null)
    {
        var options = new ObjectFileSystemOptions
        {
            MemoryBudget = budget,
            Uid = 0,
            Gid = 0,
            MaxConnections = maxConnections,
            IoDeadline = ioDeadline ?? TimeSpan.FromMinutes(5),
        };
        Store = new FakeObjectStore(Time);
        Cache = new BlockCache(budget);
        Fetcher = new BlockFetcher(Store, Cache, new MountClock(Time), options, _stopping.Token);
    }

    public FakeTimeProvider Time { get; } = new();

    public FakeObjectStore Store { get; }

    public BlockCache Cache { get; }

    public BlockFetcher Fetcher { get; }

    public long Used => Cache.Budget.Used;

    public long BytesAsked => Store.Calls.Where(call => call.Operation == StoreOperation.Get).Sum(call => (long)call.Length);

    /// <summary>A reader of a new object that holds a <see cref="Ramp"/>.</summary>
    public ObjectReader OpenRamp(string key, long length, int seed = 0)
    {
        StoredObject stored = Store.PutRamp(key, length, seed);
        return new ObjectReader(Fetcher, stored.Key, stored.Version);
    }

    /// <summary>Reads as the file system does: from blocks if they are there, else with what is missing fetched.</summary>
    public static async Task<byte[]> ReadAsync(ObjectReader reader, long offset, int length, CancellationToken cancellationToken = default)
    {
        if (TryRead(reader, offset, length) is { } hit)
        {
            reader.ReadAhead(offset, length);
            return hit;
        }
        List<Block> leases = (await reader.LeaseAsync(offset, length, cancellationToken))!;
        return CopyAndReturn(reader, leases, offset, length);
    }

    /// <summary>Reads a whole object from its beginning in READs of one size and compares every byte.</summary>
    public static async Task ReadAllAsync(ObjectReader reader, int readSize, int seed = 0, CancellationToken cancellationToken = default)
    {
        for (long offset = 0; offset < reader.Version.Size; offset += readSize)
        {
            int length = (int)Math.Min(readSize, reader.Version.Size - offset);
            AssertRamp(await ReadAsync(reader, offset, length, cancellationToken), offset, length, seed);
        }
    }

    public static void AssertRamp(byte[] bytes, long offset, int length, int seed = 0)
    {
        Assert.That(bytes, Has.Length.EqualTo(length));
        Assert.That(Ramp.FirstDifference(bytes, offset, seed), Is.EqualTo(-1), $"a wrong byte in [{offset}, {offset + length})");
    }

    /// <summary>What is in memory, or null.</summary>
    public static byte[]? TryRead(ObjectReader reader, long offset, int length)
    {
        var blocks = new Block[8];
        var slices = new FuseSlice[8];
        int count = reader.TryLease(offset, length, blocks, slices);
        if (count == 0)
            return null;
        byte[] bytes = Copy(slices.AsSpan(0, count));
        reader.Return(blocks.AsSpan(0, count), slices.AsSpan(0, count));
        return bytes;
    }

    /// <summary>Waits until the fetches of closed readers have ended and nothing is in memory any more.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (Used > 0 || Store.InFlight > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        Fetcher.Dispose();
        Cache.Dispose();
        _stopping.Dispose();
    }

    private static byte[] CopyAndReturn(ObjectReader reader, List<Block> leases, long offset, int length)
    {
        var slices = new FuseSlice[leases.Count];
        long end = offset + length;
        for (int i = 0; i < slices.Length; i++)
        {
            int take = (int)(Math.Min(end, leases[i].End) - offset);
            slices[i] = leases[i].Slice(offset, take);
            offset += take;
        }
        byte[] bytes = Copy(slices);
        reader.Return(leases.ToArray(), slices);
        return bytes;
    }

    private static byte[] Copy(ReadOnlySpan<FuseSlice> slices)
    {
        var bytes = new List<byte>();
        foreach (FuseSlice slice in slices)
            bytes.AddRange(slice.Span);
        return [.. bytes];
    }
}
