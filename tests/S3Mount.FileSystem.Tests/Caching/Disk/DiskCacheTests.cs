using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Reading;
using S3Mount.FileSystem.Tests.Reading;
using S3Mount.Testing;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.Caching.Disk;

/// <summary>What is kept, for whom, and what is not.</summary>
[CancelAfter(60_000)]
public sealed class DiskCacheTests
{
    private readonly FakeTimeProvider _time = DiskRig.NewClock();
    private TempDirectory _directory = null!;
    private FakeObjectStore _store = null!;

    [SetUp]
    public void Make_a_store() => (_directory, _store) = (new TempDirectory(), new FakeObjectStore(_time));

    [TearDown]
    public void Remove_the_cache() => _directory.Dispose();

    [Test]
    public async Task What_was_read_before_a_restart_costs_no_request_after_it(CancellationToken cancellationToken)
    {
        StoredObject small = _store.PutRamp("small", 110_000, 3), large = _store.PutRamp("large", (5 << 20) + 17, 4);
        await using (DiskRig first = NewRig())
        {
            await AssertReadAsync(first, small, 3, cancellationToken);
            await AssertReadAsync(first, large, 4, cancellationToken);
        }
        _store.ResetCalls();
        await using DiskRig second = NewRig();
        await AssertReadAsync(second, small, 3, cancellationToken);
        await AssertReadAsync(second, large, 4, cancellationToken);
        Assert.That(_store.Gets, Is.Zero);
        Assert.That((second.Disk.Statistics.HitBytes, second.Disk.Statistics.MissBytes), Is.EqualTo((small.Size + large.Size, 0)));
        Assert.That(second.Log.Lines, Is.Empty);
    }

    [Test]
    public async Task What_is_missing_in_the_middle_is_all_that_is_fetched(CancellationToken cancellationToken)
    {
        StoredObject large = _store.PutRamp("large", 8 << 20, 4);
        await using DiskRig rig = NewRig();
        await rig.ReadAsync(large, 0, 100_000, cancellationToken);
        await rig.ReadAsync(large, 6 << 20, 100_000, cancellationToken);
        await rig.SettleAsync(cancellationToken);
        long fetched = rig.Disk.Statistics.MissBytes;
        Assert.That(fetched, Is.LessThan(large.Size));
        await AssertReadAsync(rig, large, 4, cancellationToken);
        Assert.That(rig.Disk.Statistics.MissBytes, Is.LessThanOrEqualTo(large.Size));
        _store.ResetCalls();
        await AssertReadAsync(rig, large, 4, cancellationToken);
        Assert.That(_store.Gets, Is.Zero);
    }

    [Test]
    public async Task An_object_that_has_changed_finds_nothing_of_what_it_was(CancellationToken cancellationToken)
    {
        await using DiskRig rig = NewRig();
        await AssertReadAsync(rig, _store.PutRamp("o", 100_000, 1), 1, cancellationToken);
        _store.ResetCalls();
        await AssertReadAsync(rig, _store.PutRamp("o", 100_000, 2), 2, cancellationToken);
        Assert.That(_store.Gets, Is.EqualTo(1));
    }

    [Test]
    public async Task Another_bucket_or_endpoint_with_the_same_objects_finds_nothing(CancellationToken cancellationToken)
    {
        StoredObject stored = _store.PutRamp("o", 100_000, 1);
        foreach (string name in (string[])["AWS bucket", "AWS other", "http://127.0.0.1:1 bucket"])
        {
            _store.ResetCalls();
            await using DiskRig rig = NewRig(name);
            await AssertReadAsync(rig, stored, 1, cancellationToken);
            Assert.That(_store.Gets, Is.EqualTo(1), name);
        }
    }

    [Test]
    public async Task Of_a_version_without_a_strong_tag_nothing_is_kept([Values("", "W/\"abc\"")] string tag, CancellationToken cancellationToken)
    {
        StoredObject stored = _store.PutRamp("o", 100_000, 1) with { ETag = tag };
        _store.Put(stored);
        Assert.That(stored.Version.IsPinned, Is.False);
        await using DiskRig rig = NewRig();
        for (int i = 0; i < 2; i++)
            await AssertReadAsync(rig, stored, 1, cancellationToken);
        Assert.That((_store.Gets, rig.Disk.Statistics.Records, rig.Disk.Statistics.WrittenBytes), Is.EqualTo((2, 0, 0)));
    }

    [Test]
    public async Task A_damaged_record_is_fetched_again_counted_and_said_once(CancellationToken cancellationToken)
    {
        StoredObject[] stored = [.. Enumerable.Range(0, 5).Select(i => _store.PutRamp($"o{i}", 50_000, i))];
        await using (DiskRig first = NewRig())
        {
            for (int i = 0; i < stored.Length; i++)
                await AssertReadAsync(first, stored[i], i, cancellationToken);
        }
        string path = Directory.GetFiles(_directory["blocks"]).Single();
        byte[] bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        bytes[SegmentHeader.Size + RecordHeader.Size + 1000] ^= 1;
        bytes[SegmentHeader.Size + CacheFormat.RecordSize(50_000) + RecordHeader.Size + 1000] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, cancellationToken);
        _store.ResetCalls();
        await using (DiskRig second = NewRig())
        {
            for (int i = 0; i < stored.Length; i++)
                await AssertReadAsync(second, stored[i], i, cancellationToken);
            Assert.That((_store.Gets, second.Disk.Statistics.BadRecords, second.Said("is damaged")), Is.EqualTo((2, 2, 1)));
            for (int i = 0; i < stored.Length; i++)
                await AssertReadAsync(second, stored[i], i, cancellationToken);
            Assert.That((_store.Gets, second.Disk.Statistics.BadRecords), Is.EqualTo((2, 2)));
        }
        await using DiskRig third = NewRig();
        for (int i = 0; i < stored.Length; i++)
            await AssertReadAsync(third, stored[i], i, cancellationToken);
        Assert.That(_store.Gets, Is.EqualTo(2), "the good copies are found, whatever becomes of the bad ones");
        Assert.That(third.Log.Lines, Is.Empty);
    }

    [Test]
    public async Task A_segment_that_nothing_comes_to_any_more_is_seen_by_other_processes(CancellationToken cancellationToken)
    {
        StoredObject[] stored = [.. Enumerable.Range(0, 20).Select(i => _store.PutRamp($"o{i}", 100_000, i))];
        await using DiskRig first = NewRig(), second = NewRig();
        for (int i = 0; i < stored.Length; i++)
            await AssertReadAsync(first, stored[i], i, cancellationToken);
        for (int i = 0; i < 4; i++)
        {
            await first.AdvanceAsync(TimeSpan.FromSeconds(10), cancellationToken);
            await second.SettleAsync(cancellationToken);
            while (first.Disk.Statistics.Segments > 0 && i == 2 && Directory.GetFiles(_directory["blocks"], "*.writing").Length > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
        _store.ResetCalls();
        for (int i = 0; i < stored.Length; i++)
            await AssertReadAsync(second, stored[i], i, cancellationToken);
        Assert.That(_store.Gets, Is.Zero);
    }

    [Test]
    public async Task What_two_processes_have_read_at_once_is_soon_there_once(CancellationToken cancellationToken)
    {
        const int Count = 60, Length = 100_000;
        StoredObject[] stored = [.. Enumerable.Range(0, Count).Select(i => _store.PutRamp($"o{i}", Length, i))];
        await using DiskRig first = NewRig(segmentSize: 1 << 20), second = NewRig(segmentSize: 1 << 20);
        for (int i = 0; i < Count; i++)
            await Task.WhenAll(AssertReadAsync(first, stored[i], i, cancellationToken), AssertReadAsync(second, stored[i], i, cancellationToken));
        for (int i = 0; i < 4; i++)
        {
            await first.AdvanceAsync(TimeSpan.FromSeconds(10), cancellationToken);
            await second.SettleAsync(cancellationToken);
        }
        long size = new DirectoryInfo(_directory["blocks"]).EnumerateFiles().Sum(file => file.Length);
        await TestContext.Out.WriteLineAsync($"{size} bytes");
        Assert.That(size, Is.InRange(Count * Length, (Count * Length) + (3 << 20)), "but for the last one of each");
        Assert.That(first.Disk.Statistics.EvictedBytes + second.Disk.Statistics.EvictedBytes, Is.Zero);
        _store.ResetCalls();
        for (int i = 0; i < Count; i++)
            await Task.WhenAll(AssertReadAsync(first, stored[i], i, cancellationToken), AssertReadAsync(second, stored[i], i, cancellationToken));
        Assert.That(_store.Gets, Is.LessThanOrEqualTo(20));
    }

    [Test]
    public async Task Keeping_never_waits_and_holds_no_more_than_it_may(CancellationToken cancellationToken)
    {
        const int Length = 100_000, MaxWaiting = 1_000_000;
        // Nobody writes: it is not loaded.
        var disk = new DiskCache(new DiskCacheOptions { Directory = _directory.Path, MaxWaiting = MaxWaiting }, _time, new RecordingLogger());
        using var rig = new ReaderRig();
        int kept = 0;
        for (int i = 0; i < 100; i++)
        {
            using ObjectReader reader = rig.OpenRamp($"o{i}", Length, i);
            List<Block> leases = (await reader.LeaseAsync(0, Length, cancellationToken))!;
            kept += disk.TryKeep(new CacheKey(1, (ulong)i), leases[0], 0, Length) ? 1 : 0;
            leases[0].Release();
        }
        Assert.That((kept, disk.WaitingBytes, disk.Statistics.SkippedBytes), Is.EqualTo((10, MaxWaiting, 90L * Length)));
        Assert.That(rig.Used, Is.InRange(MaxWaiting, 2 * MaxWaiting), "the blocks that wait, and no others");
        await disk.DisposeAsync();
        Assert.That(rig.Used, Is.Zero, "given back at the end");
    }

    [Test]
    public async Task Who_waits_for_memory_that_the_writer_has_gets_it_when_that_is_written(CancellationToken cancellationToken)
    {
        const int Length = 8 << 20, ReadSize = 1 << 20;
        using var stuck = new StuckDisk();
        await using var rig = new DiskRig(_directory.Path, _store, _time, 64 << 20, 16 << 20, change: options => options with { BeforeDisk = stuck.Enter });
        await rig.SettleAsync(cancellationToken);
        using var cache = new BlockCache(2 * Length);
        using var fetcher = new BlockFetcher(_store, cache, new MountClock(_time), new ObjectFileSystemOptions { MemoryBudget = 2 * Length, Uid = 0, Gid = 0, DiskCache = rig.Disk }, cancellationToken);
        // A reader that stays: its index keeps the blocks, and only who evicts makes room.
        StoredObject first = _store.PutRamp("first", 2 * Length - ReadSize, 1), second = _store.PutRamp("second", Length, 2);
        using var stays = new ObjectReader(fetcher, first.Key, first.Version);
        using var waits = new ObjectReader(fetcher, second.Key, second.Version);
        stuck.Stick(DiskUse.Write);
        await ReaderRig.ReadAllAsync(stays, ReadSize, 1, cancellationToken);
        await stuck.WaitForAsync(1, cancellationToken);
        Task reading = ReaderRig.ReadAllAsync(waits, ReadSize, 2, cancellationToken);
        while (!cache.Budget.HasWaiters)
        {
            Assert.That(reading.IsCompleted, Is.False, "the writer has the memory");
            await Task.Delay(1, cancellationToken);
        }
        stuck.LetGo();
        await reading;
    }

    [Test]
    public async Task Reads_go_on_while_and_after_the_cache_ends(CancellationToken cancellationToken)
    {
        StoredObject[] stored = [.. Enumerable.Range(0, 50).Select(i => _store.PutRamp($"o{i}", 100_000, i))];
        await using DiskRig rig = NewRig();
        for (int i = 0; i < stored.Length; i++)
            await AssertReadAsync(rig, stored[i], i, cancellationToken);
        using var under = new SemaphoreSlim(0);
        Task reading = Task.Run(async () =>
        {
            for (int i = 0; i < 2000; i++)
            {
                await AssertReadAsync(rig, stored[i % 50], i % 50, cancellationToken);
                if (i == 200)
                    under.Release();
            }
        }, cancellationToken);
        await under.WaitAsync(cancellationToken);
        await rig.Disk.DisposeAsync();
        await reading;
        Assert.That((rig.Disk.Statistics.BadRecords, rig.Said("damaged")), Is.EqualTo((0, 0)));
    }

    private DiskRig NewRig(string name = "AWS bucket", long segmentSize = 4 << 20) => new(_directory.Path, _store, _time, 64 << 20, segmentSize, name);

    private static async Task AssertReadAsync(DiskRig rig, StoredObject stored, int seed, CancellationToken cancellationToken)
    {
        byte[] bytes = await rig.ReadAsync(stored, cancellationToken);
        ReaderRig.AssertRamp(bytes, 0, (int)stored.Size, seed);
        await rig.SettleAsync(cancellationToken);
    }
}
