using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Reading;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Reading;

/// <summary>Fetches that one began and another waits for, and those that nobody waits for.</summary>
public sealed class SharedFetchTests
{
    private const int MiB = 1 << 20;

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);

    private ReaderRig _rig = null!;

    [SetUp]
    public void SetUp() => _rig = new ReaderRig(ioDeadline: _deadline);

    [TearDown]
    public void TearDown() => _rig.Dispose();

    [Test, CancelAfter(10_000)]
    public async Task Who_joins_a_fetch_near_its_deadline_has_his_own([Values] bool isBack, CancellationToken cancellationToken)
    {
        using ObjectReader reader = _rig.OpenRamp("late", 100_000);
        _rig.Store.Fail(StoreOperation.Get, ObjectStoreFailure.Unavailable);
        if (!isBack)
            _rig.Store.Fail(StoreOperation.Get, ObjectStoreFailure.Unavailable);
        using Gate gate = _rig.Store.Hold(StoreOperation.Get);
        Task<byte[]> first = ReaderRig.ReadAsync(reader, 0, 1000, cancellationToken);
        _rig.Time.Advance(_deadline - TimeSpan.FromSeconds(1));
        Task<byte[]> late = ReaderRig.ReadAsync(reader, 5000, 1000, cancellationToken);
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        gate.Open();
        Assert.That(async () => await first, Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.Unavailable));
        if (isBack)
            ReaderRig.AssertRamp(await late, 5000, 1000);
        else
            Assert.That(async () => await late, Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.Unavailable));
        Assert.That(_rig.Store.Gets, Is.EqualTo(2), "asked once more, and not on and on");
    }

    [Test, CancelAfter(10_000)]
    public async Task Who_asks_anew_does_not_wait_longer_than_his_own_deadline(CancellationToken cancellationToken)
    {
        using ObjectReader reader = _rig.OpenRamp("bounded", 100_000);
        _rig.Store.Fail(StoreOperation.Get, ObjectStoreFailure.Unavailable);
        using Gate gate = _rig.Store.Hold(StoreOperation.Get);
        Task<byte[]> first = ReaderRig.ReadAsync(reader, 0, 1000, cancellationToken);
        _rig.Time.Advance(TimeSpan.FromMinutes(4));
        Task<byte[]> late = ReaderRig.ReadAsync(reader, 5000, 1000, cancellationToken);
        _rig.Time.Advance(TimeSpan.FromMinutes(1));
        gate.Release();
        Assert.That(async () => await first, Throws.InstanceOf<ObjectStoreException>());
        await gate.WaitForArrivalsAsync(2, cancellationToken);
        _rig.Time.Advance(TimeSpan.FromMinutes(4) - TimeSpan.FromSeconds(1));
        Assert.That(late.IsCompleted, Is.False);
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(async () => await late, Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.Unavailable));
    }

    [Test, CancelAfter(10_000)]
    public async Task What_is_so_for_everybody_is_told_to_everybody(CancellationToken cancellationToken)
    {
        using ObjectReader reader = _rig.OpenRamp("gone", 100_000);
        _rig.Store.Fail(StoreOperation.Get, ObjectStoreFailure.PreconditionFailed);
        using Gate gate = _rig.Store.Hold(StoreOperation.Get);
        Task<byte[]> first = ReaderRig.ReadAsync(reader, 0, 1000, cancellationToken);
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        Task<byte[]> late = ReaderRig.ReadAsync(reader, 5000, 1000, cancellationToken);
        gate.Open();
        Assert.That(async () => await first, Throws.InstanceOf<ObjectStoreException>());
        Assert.That(async () => await late, Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.PreconditionFailed));
        Assert.That(_rig.Store.Gets, Is.EqualTo(1));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_fetch_that_nobody_waits_for_and_that_brings_nothing_ends(CancellationToken cancellationToken)
    {
        using ObjectReader reader = _rig.OpenRamp("left", 100_000);
        using Gate gate = _rig.Store.Hold(StoreOperation.Get);
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<byte[]> only = ReaderRig.ReadAsync(reader, 0, 1000, interrupt.Token);
        _rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(_rig.Store.InFlight, Is.EqualTo(1), "somebody waits for it");
        await interrupt.CancelAsync();
        Assert.That(async () => await only, Throws.InstanceOf<OperationCanceledException>());
        _rig.Time.Advance(BlockFetcher.SilentAfter / 2);
        Assert.That(_rig.Store.InFlight, Is.EqualTo(1), "whoever comes back soon finds it");
        _rig.Time.Advance(BlockFetcher.SilentAfter);
        await _rig.DrainAsync(cancellationToken);
        gate.Open();
        ReaderRig.AssertRamp(await ReaderRig.ReadAsync(reader, 0, 100_000, cancellationToken), 0, 100_000);
        Assert.That(_rig.Store.Gets, Is.EqualTo(2));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_fetch_that_nobody_waits_for_goes_on_while_it_brings_something(CancellationToken cancellationToken)
    {
        using ObjectReader reader = _rig.OpenRamp("slow", MiB);
        _rig.Store.ProgressStep = 128 << 10;
        using var steps = new SemaphoreSlim(0);
        _rig.Store.OnProgress = async (_, _, token) => await steps.WaitAsync(token);
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<byte[]> only = ReaderRig.ReadAsync(reader, 0, MiB, interrupt.Token);
        await interrupt.CancelAsync();
        Assert.That(async () => await only, Throws.InstanceOf<OperationCanceledException>());
        for (int filled = 256 << 10; filled <= MiB; filled += 128 << 10)
        {
            steps.Release();
            while (ReaderRig.TryRead(reader, filled - 1, 1) is null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
            _rig.Time.Advance(BlockFetcher.SilentAfter * 0.9);
        }
        Assert.That(_rig.Store.InFlight, Is.EqualTo(1));
        steps.Release(2);
        ReaderRig.AssertRamp(await ReaderRig.ReadAsync(reader, 0, MiB, cancellationToken), 0, MiB);
        Assert.That(_rig.Store.Gets, Is.EqualTo(1));
    }

    [Test, CancelAfter(10_000)]
    public async Task What_took_several_tries_says_nothing_of_the_pace([Values] bool isRetried, CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        using var cache = new BlockCache(256L * MiB);
        var options = new ObjectFileSystemOptions { MemoryBudget = 256L * MiB, Uid = 0, Gid = 0 };
        await using var store = new SlowStore(time, isRetried);
        using var fetcher = new BlockFetcher(store, cache, new MountClock(time), options, CancellationToken.None);
        int before = fetcher.PartsShare;
        for (int i = 0; i < 20; i++)
        {
            using var reader = new ObjectReader(fetcher, new ObjectKey($"k{i}"), new ObjectVersion(ETag.Parse("0123456789abcdef0123456789abcdef"), 64L * MiB, 0));
            List<Block> leases = (await reader.LeaseAsync(0, 8 * MiB, cancellationToken))!;
            foreach (Block block in leases)
                block.GiveBack();
        }
        Assert.That(fetcher.PartsShare, isRetried ? Is.EqualTo(before) : Is.GreaterThan(before));
    }

    /// <summary>Half a minute for each read, in one try or in several.</summary>
    private sealed class SlowStore(FakeTimeProvider time, bool isRetried) : IObjectStore
    {
        public ValueTask<ObjectInfo> HeadAsync(ObjectKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<ListPage> ListPageAsync(ListPageRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ReadRangeAsync(ObjectKey key, ObjectVersion version, long offset, Memory<byte> destination, IReadProgress? progress, CancellationToken cancellationToken)
        {
            if (isRetried)
                progress!.Retried();
            time.Advance(TimeSpan.FromSeconds(30));
            progress!.Advance(destination.Length);
            return default;
        }

        public ValueTask DisposeAsync() => default;
    }
}
