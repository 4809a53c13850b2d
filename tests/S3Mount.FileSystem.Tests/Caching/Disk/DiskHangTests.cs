using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Reading;
using S3Mount.FileSystem.Tests.Reading;
using S3Mount.Testing;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.Caching.Disk;

/// <summary>A disk that does not fail, but never answers: nobody waits for it longer than a moment, and its memory is nobody else's.</summary>
[CancelAfter(30_000)]
public sealed class DiskHangTests
{
    private const int Length = 150_000;

    private readonly FakeTimeProvider _time = DiskRig.NewClock();
    private TempDirectory _directory = null!;
    private FakeObjectStore _store = null!;
    private StoredObject[] _objects = null!;
    private StuckDisk _disk = null!;

    [SetUp]
    public async Task Fill_a_cache()
    {
        (_directory, _store, _disk) = (new TempDirectory(), new FakeObjectStore(_time), new StuckDisk());
        _objects = [.. Enumerable.Range(0, 30).Select(i => _store.PutRamp($"o{i}", Length, i))];
        await using DiskRig rig = NewRig();
        for (int i = 0; i < 20; i++)
            await AssertReadAsync(rig, i, CancellationToken.None);
        await rig.SettleAsync(CancellationToken.None);
        _store.ResetCalls();
    }

    [TearDown]
    public void Remove_the_cache()
    {
        _disk.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task A_read_that_is_not_answered_goes_to_the_store(CancellationToken cancellationToken)
    {
        await using DiskRig rig = NewRig();
        await rig.SettleAsync(cancellationToken);
        _disk.Stick(DiskUse.Read);
        Task reading = AssertReadAsync(rig, 0, cancellationToken);
        await _disk.WaitForAsync(1, cancellationToken);
        _time.Advance(DiskReaders.Deadline - TimeSpan.FromSeconds(1));
        Assert.That((_store.Gets, reading.IsCompleted), Is.EqualTo((0, false)), "a slow disk has its time");
        _time.Advance(TimeSpan.FromSeconds(2));
        await reading;
        DiskCacheStatistics statistics = rig.Disk.Statistics;
        Assert.That((_store.Gets, statistics.StuckCalls, statistics.IsSilent, _disk.Held), Is.EqualTo((1, 1, false, 1)));
        Assert.That(statistics.StuckBytes, Is.EqualTo(BlockPool.CapacityFor(Length)));
        // What is stuck counts as memory.
        await AssertMemoryAsync(rig, statistics.StuckBytes, cancellationToken);
        _disk.LetGo();
        while (rig.Disk.Statistics.StuckCalls > 0)
            await Task.Delay(1, cancellationToken);
        Assert.That(rig.Disk.Statistics.StuckBytes, Is.Zero);
        await AssertMemoryAsync(rig, 0, cancellationToken);
        await AssertReadAsync(rig, 0, cancellationToken);
        Assert.That((_store.Gets, rig.Log.Lines.Count), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task What_a_late_answer_is_written_to_is_nobody_elses(CancellationToken cancellationToken)
    {
        await using DiskRig rig = NewRig();
        await rig.SettleAsync(cancellationToken);
        _disk.Stick(DiskUse.Read);
        Task reading = AssertReadAsync(rig, 0, cancellationToken);
        await _disk.WaitForAsync(1, cancellationToken);
        _time.Advance(DiskReaders.Deadline + TimeSpan.FromSeconds(1));
        await reading;
        // What is rented first is what was given back last.
        var others = new List<(ObjectReader Reader, List<Block> Blocks)>();
        for (int i = 20; i < 30; i++)
        {
            var reader = new ObjectReader(rig.Fetcher, _objects[i].Key, _objects[i].Version);
            others.Add((reader, (await reader.LeaseAsync(0, Length, cancellationToken))!));
        }
        _disk.LetGo();
        while (rig.Disk.Statistics.StuckCalls > 0)
            await Task.Delay(1, cancellationToken);
        Assert.That(rig.Disk.Statistics.BadRecords, Is.Zero, "what came late was written, and was right");
        foreach ((int i, (ObjectReader reader, List<Block> blocks)) in others.Index())
        {
            Assert.That(Ramp.FirstDifference(blocks[0].Slice(0, Length).Span, 0, i + 20), Is.EqualTo(-1));
            blocks.ForEach(block => block.GiveBack());
            reader.Dispose();
        }
    }

    [Test]
    public async Task When_several_are_stuck_the_disk_is_left_alone_until_one_returns(CancellationToken cancellationToken)
    {
        await using DiskRig rig = NewRig();
        await rig.SettleAsync(cancellationToken);
        _disk.Stick(DiskUse.Read);
        Task[] reading = [.. Enumerable.Range(0, 4).Select(i => AssertReadAsync(rig, i, cancellationToken))];
        await _disk.WaitForAsync(4, cancellationToken);
        _time.Advance(DiskReaders.Deadline + TimeSpan.FromSeconds(1));
        await Task.WhenAll(reading);
        Assert.That((rig.Disk.Statistics.StuckCalls, rig.Disk.IsSilent, rig.Said("does not answer within 5 s")), Is.EqualTo((4, true, 1)));
        for (int i = 0; i < 30; i++)
            await AssertReadAsync(rig, i, cancellationToken);
        Assert.That((_disk.Asked, _store.Gets, rig.Disk.WaitingBytes), Is.EqualTo((4, 34, 0)));
        Assert.That((rig.Disk.IsWritable, await rig.Disk.PrepareAsync(0, 1)), Is.EqualTo((false, KeepState.Unwritable)));
        _disk.LetGo();
        while (rig.Disk.Statistics.StuckCalls > 0)
            await Task.Delay(1, cancellationToken);
        _store.ResetCalls();
        for (int i = 0; i < 20; i++)
            await AssertReadAsync(rig, i, cancellationToken);
        Assert.That((_store.Gets, rig.Said("answers again"), rig.Log.Lines.Count), Is.EqualTo((0, 1, 2)));
    }

    [Test]
    public async Task Who_waits_for_memory_to_read_into_goes_to_the_store_too_and_little_of_it_is_lost(CancellationToken cancellationToken)
    {
        int most = 4 * BlockPool.CapacityFor(Length);
        await using DiskRig rig = NewRig(options => options with { MaxReading = most });
        await rig.SettleAsync(cancellationToken);
        _disk.Stick(DiskUse.Read);
        Task[] reading = [.. Enumerable.Range(0, 20).Select(i => AssertReadAsync(rig, i, cancellationToken))];
        await _disk.WaitForAsync(4, cancellationToken);
        _time.Advance(DiskReaders.Deadline + TimeSpan.FromSeconds(1));
        await Task.WhenAll(reading);
        Assert.That((_store.Gets, _disk.Asked, rig.Disk.Statistics.StuckCalls), Is.EqualTo((20, 4, 4)));
        Assert.That(rig.Disk.Statistics.StuckBytes, Is.EqualTo(most));
        await AssertMemoryAsync(rig, most, cancellationToken);
        _disk.LetGo();
        await AssertMemoryAsync(rig, 0, cancellationToken);
    }

    [Test]
    public async Task The_rest_of_an_object_whose_beginning_was_read_comes_from_the_store(CancellationToken cancellationToken)
    {
        const int Large = 3 << 20;
        StoredObject stored = _store.PutRamp("large", Large, 77);
        await using DiskRig rig = NewRig();
        await rig.ReadAsync(stored, 0, Large, cancellationToken);
        await rig.SettleAsync(cancellationToken);
        _disk.Stick(DiskUse.Read, skipped: 1);
        Task<byte[]> reading = rig.ReadAsync(stored, 0, Large, cancellationToken);
        await _disk.WaitForAsync(1, cancellationToken);
        while (!reading.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        ReaderRig.AssertRamp(await reading, 0, Large, 77);
        _disk.LetGo();
    }

    [Test]
    public async Task A_mount_does_not_wait_for_it_and_finds_what_is_there_when_it_answers(CancellationToken cancellationToken)
    {
        _disk.Stick(DiskUse.Look);
        await using DiskRig rig = NewRig();
        await _disk.WaitForAsync(1, cancellationToken);
        Task loading = rig.Disk.WaitForLoadAsync(cancellationToken);
        Assert.That(loading.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromSeconds(6));
        await loading;
        Assert.That(rig.Said("is not known within 5 s"), Is.EqualTo(1));
        await AssertReadAsync(rig, 0, cancellationToken);
        Assert.That((_store.Gets, rig.Disk.WaitingBytes), Is.EqualTo((1, 0)));
        _disk.LetGo();
        await rig.SettleAsync(cancellationToken);
        for (int i = 0; i < 20; i++)
            await AssertReadAsync(rig, i, cancellationToken);
        Assert.That(_store.Gets, Is.EqualTo(1));
    }

    [Test]
    public async Task What_waits_to_be_written_to_it_is_given_up_and_written_again_when_it_answers(CancellationToken cancellationToken)
    {
        await using DiskRig rig = NewRig();
        await rig.SettleAsync(cancellationToken);
        _disk.Stick(DiskUse.Write);
        await AssertReadAsync(rig, 20, cancellationToken);
        await _disk.WaitForAsync(1, cancellationToken);
        await AssertReadAsync(rig, 21, cancellationToken);
        using var reader = new ObjectReader(rig.Fetcher, _objects[22].Key, _objects[22].Version);
        List<Block> blocks = (await reader.LeaseAsync(0, Length, cancellationToken))!;
        Task<bool> kept = rig.Disk.KeepAsync(CacheKey.Of("AWS bucket", _objects[22].Key, _objects[22].Version), blocks[0], 0);
        blocks[0].Release();
        Assert.That(rig.Disk.WaitingBytes, Is.EqualTo(3 * Length));
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.That(await kept, Is.False);
        Assert.That((rig.Disk.WaitingBytes, rig.Disk.IsWritable, rig.Said("nothing is kept in")), Is.EqualTo(((long)Length, false, 1)), "the one that is being written");
        await AssertReadAsync(rig, 23, cancellationToken);
        Assert.That(rig.Disk.WaitingBytes, Is.EqualTo(Length));
        _disk.LetGo();
        await rig.SettleAsync(cancellationToken);
        for (int i = 20; i < 30; i++)
            await AssertReadAsync(rig, i, cancellationToken);
        await rig.SettleAsync(cancellationToken);
        Assert.That((rig.Said("can be written again"), rig.Disk.Statistics.Records), Is.EqualTo((1, 30)));
    }

    [Test]
    public async Task A_mount_ends_although_it_hangs([Values(nameof(DiskUse.Read), nameof(DiskUse.Write), nameof(DiskUse.Look))] string what, CancellationToken cancellationToken)
    {
        DiskUse use = Enum.Parse<DiskUse>(what);
        DiskRig rig = NewRig();
        await rig.SettleAsync(cancellationToken);
        _disk.Stick(use);
        Task reading = Task.WhenAll(AssertReadAsync(rig, 0, cancellationToken), AssertReadAsync(rig, 20, cancellationToken));
        if (use == DiskUse.Look)
            _time.Advance(TimeSpan.FromSeconds(10));
        await _disk.WaitForAsync(1, cancellationToken);
        _time.Advance(DiskReaders.Deadline + TimeSpan.FromSeconds(1));
        await reading;
        await _time.AdvanceUntilAsync(rig.DisposeAsync().AsTask(), cancellationToken);
        Assert.That(_disk.Held, Is.EqualTo(1));
        _disk.LetGo();
        await rig.Disk.Written.WaitAsync(cancellationToken);
        while (rig.Disk.IsLooking)
            await Task.Delay(1, cancellationToken);
    }

    private DiskRig NewRig(Func<DiskCacheOptions, DiskCacheOptions>? change = null) =>
        new(_directory.Path, _store, _time, 64 << 20, 4 << 20, change: options => (change?.Invoke(options) ?? options) with { BeforeDisk = _disk.Enter });

    // A fetch gives its block back after it has told those who wait.
    private static async Task AssertMemoryAsync(DiskRig rig, long bytes, CancellationToken cancellationToken)
    {
        while (rig.Cache.Budget.Used > bytes)
            await Task.Delay(1, cancellationToken);
        Assert.That(rig.Cache.Budget.Used, Is.EqualTo(bytes));
    }

    private async Task AssertReadAsync(DiskRig rig, int i, CancellationToken cancellationToken) =>
        ReaderRig.AssertRamp(await rig.ReadAsync(_objects[i], cancellationToken), 0, Length, i);
}
