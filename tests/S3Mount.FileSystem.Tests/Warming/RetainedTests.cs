using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Reading;
using S3Mount.FileSystem.Tests.Reading;
using S3Mount.FileSystem.Warming;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Warming;

/// <summary>What was brought near beside readers stays in memory that nobody else wants.</summary>
[CancelAfter(60_000)]
public sealed class RetainedTests
{
    private const int MiB = 1 << 20;
    private const long Budget = 64L * MiB;

    private int _diskReads;

    [Test]
    public async Task It_is_read_once_from_memory_and_then_from_the_disk(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await StartAsync();
        rig.Store.PutRamp("small", 110_000, seed: 1);
        rig.Store.PutRamp("large", (5 * MiB) + 7, seed: 2);
        await HydrateAsync(rig, cancellationToken);
        rig.Store.ResetCalls();
        Assert.That(rig.Files.MemoryUsed, Is.GreaterThan(5 * MiB), "it is still there");

        await rig.ReadRampAsync("small", seed: 1);
        await rig.ReadRampAsync("large", seed: 2);
        Assert.That((rig.Store.Gets, _diskReads), Is.EqualTo((0, 0)));
        Assert.That(rig.Disk.Statistics.HitBytes, Is.EqualTo(110_000 + (5 * MiB) + 7));
        Assert.That(rig.Disk.Statistics.MissBytes, Is.Zero);

        // Of what has been read a little is kept, for a while.
        rig.Mount.Advance(15);
        rig.Mount.Advance(15);
        Assert.That(rig.Files.MemoryUsed, Is.LessThanOrEqualTo(8 * MiB));
        await DropReadAsync(rig);
        await rig.ReadRampAsync("small", seed: 1);
        Assert.That((rig.Store.Gets, _diskReads), Is.EqualTo((0, 1)));
    }

    [Test]
    public async Task A_piece_is_taken_where_it_is_asked_for_and_the_rest_stays(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await StartAsync();
        rig.Store.PutRamp("large", 8 * MiB, seed: 2);
        await HydrateAsync(rig, cancellationToken);
        rig.Store.ResetCalls();
        FuseEntryOut entry = await rig.Mount.WalkAsync("large");
        foreach (int offset in (int[])[(4 * MiB) + 5000, (7 * MiB) + 12_288, 0])
        {
            FakeReply<byte[]> reply = await rig.Mount.Kernel.ReadAsync(new NodeId(entry.NodeId), (ulong)offset, 4096, interrupt: cancellationToken);
            Assert.That(Ramp.FirstDifference(reply.Required, offset, 2), Is.EqualTo(-1));
        }
        Assert.That((rig.Store.Gets, _diskReads), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task Another_version_of_the_object_is_not_read_from_it(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await StartAsync();
        rig.Store.PutRamp("a", 200_000, seed: 1);
        await HydrateAsync(rig, cancellationToken);
        rig.Store.PutRamp("a", 200_000, seed: 2);
        rig.Mount.Advance(61);
        await rig.ReadRampAsync("a", seed: 2);
    }

    [Test]
    public async Task It_leaves_a_quarter_of_the_memory_free_and_makes_room_for_readers(CancellationToken cancellationToken)
    {
        const int Files = 800, Length = 100_000;
        await using WarmRig rig = await StartAsync();
        rig.Store.CompletesAsynchronously = true;
        for (int i = 0; i < Files; i++)
            rig.Store.PutRamp($"{i:d3}", Length, seed: i);
        await HydrateAsync(rig, cancellationToken);
        Assert.That(rig.Files.Statistics.Hydration!.Progress.FetchedFiles, Is.EqualTo(Files));
        Assert.That(rig.Files.MemoryUsed, Is.InRange(Budget / 2, Budget * 3 / 4));
        rig.Store.ResetCalls();

        // All of it at once: more than what is free.
        await Task.WhenAll(Enumerable.Range(0, Files).Select(i => rig.ReadRampAsync($"{i:d3}", seed: i)));
        Assert.That(rig.Store.Gets, Is.Zero);
        Assert.That(_diskReads, Is.InRange(Files - (int)(Budget * 3 / 4 / Length), Files - 1), "what had no room in memory comes from the disk");
    }

    [Test]
    public async Task After_a_minute_it_is_given_back(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await StartAsync();
        rig.Store.PutRamp("a", 3 * MiB, seed: 1);
        await HydrateAsync(rig, cancellationToken);
        rig.Mount.Advance(55);
        Assert.That(rig.Files.MemoryUsed, Is.EqualTo(3 * MiB));
        rig.Mount.Advance(10);
        Assert.That(rig.Files.MemoryUsed, Is.Zero);
        await rig.ReadRampAsync("a", seed: 1);
        Assert.That(_diskReads, Is.GreaterThan(0));
    }

    [Test]
    public async Task What_the_disk_did_not_take_is_not_retained(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await StartAsync(onWrite: () => throw new IOException("no space left"));
        rig.Store.PutRamp("a", 200_000, seed: 1);
        await HydrateAsync(rig, cancellationToken, "waiting");
        Assert.That(rig.Files.MemoryUsed, Is.Zero);
    }

    [Test]
    public async Task Of_what_is_warmed_before_anybody_reads_nothing_stays(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await StartAsync();
        rig.Store.PutRamp("a", 200_000, seed: 1);
        Assert.That((await rig.WarmAsync(cancellationToken)).FetchedFiles, Is.EqualTo(1));
        Assert.That(rig.Files.MemoryUsed, Is.Zero);
    }

    [Test]
    public async Task Who_needs_much_memory_gets_that_of_thousands_of_small_ones(CancellationToken cancellationToken)
    {
        const long All = 128L * MiB;
        using var rig = new ReaderRig(All);
        using ObjectReader reader = rig.OpenRamp("small", BlockPool.PageSize);
        WarmingBlocks warming = rig.Fetcher.Warming;
        int retained = 0;
        for (bool isRetained = true; isRetained; retained++)
        {
            Assert.That(rig.Cache.TryReserve(BlockPool.PageSize, evictUnread: false));
            Block block = rig.Cache.Create(reader, 0, BlockPool.PageSize);
            var key = new CacheKey((ulong)retained, 1);
            Assert.That(warming.TryAdd(key, block));
            block.Advance(block.Length);
            isRetained = warming.TryRetain(key, block, now: 0);
            if (isRetained)
                continue;
            warming.Remove(key, block);
            block.GiveBack();
        }
        Assert.That(retained, Is.GreaterThan(20_000));
        await rig.Cache.ReserveAsync(All, cancellationToken);
        Assert.That(warming.TryLease(new CacheKey(0, 1), 0), Is.Null);
        rig.Cache.Budget.Release(All);
        Assert.That(rig.Cache.Budget.Used, Is.Zero);
    }

    private static async Task HydrateAsync(WarmRig rig, CancellationToken cancellationToken, string until = "done")
    {
        rig.Files.StartHydration();
        while (rig.Files.Statistics.Hydration?.State != until)
            await Task.Delay(2, cancellationToken);
    }

    private Task<WarmRig> StartAsync(Action? onWrite = null) => WarmRig.StartAsync(change: options => options with { MemoryBudget = Budget }, cache: options => options with
    {
        BeforeDisk = use =>
        {
            if (use == DiskUse.Read)
                Interlocked.Increment(ref _diskReads);
            else if (use == DiskUse.Write)
                onWrite?.Invoke();
        },
    });

    // Eight mebibytes of something else take the place of what has been read last.
    private static async Task DropReadAsync(WarmRig rig)
    {
        for (int i = 0; i < 10; i++)
        {
            rig.Store.PutRamp($"other{i}", MiB, seed: i);
            await rig.ReadRampAsync($"other{i}", seed: i);
        }
        rig.Store.ResetCalls();
    }
}
