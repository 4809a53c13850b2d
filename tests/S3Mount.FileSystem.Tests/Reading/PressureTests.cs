using S3Mount.FileSystem.Reading;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Reading;

/// <summary>Many readers and little memory.</summary>
public sealed class PressureTests
{
    private const int MiB = 1 << 20;
    private const int ReadSize = 128 << 10;

    [Test, CancelAfter(120_000)]
    public async Task Readers_by_the_hundred_complete_within_the_smallest_budget(CancellationToken cancellationToken)
    {
        const int Readers = 256;
        const int Length = 3 * MiB;
        using var rig = new ReaderRig(ObjectFileSystemOptions.MinMemoryBudget);
        rig.Store.CompletesAsynchronously = true;
        long most = 0;
        rig.Store.OnRead = (_, _) =>
        {
            Volatile.Write(ref most, Math.Max(Volatile.Read(ref most), rig.Used));
            return ValueTask.CompletedTask;
        };
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        async Task ReadAsync(int seed)
        {
            using ObjectReader reader = rig.OpenRamp($"o{seed}", Length, seed);
            await start.Task.WaitAsync(cancellationToken);
            await ReaderRig.ReadAllAsync(reader, ReadSize, seed, cancellationToken);
        }

        Task[] readers = [.. Enumerable.Range(0, Readers).Select(seed => Task.Run(() => ReadAsync(seed), cancellationToken))];
        start.SetResult();
        await Task.WhenAll(readers);
        await rig.DrainAsync(cancellationToken);
        Assert.That(most, Is.GreaterThan(MiB).And.LessThanOrEqualTo(ObjectFileSystemOptions.MinMemoryBudget));
        Assert.That((rig.Used, rig.Cache.Budget.HasWaiters), Is.EqualTo((0, false)));
    }

    [Test, CancelAfter(60_000)]
    public async Task One_descriptor_shared_by_many_readers_gives_each_its_bytes(CancellationToken cancellationToken)
    {
        using var rig = new ReaderRig(ObjectFileSystemOptions.MinMemoryBudget);
        rig.Store.CompletesAsynchronously = true;
        using ObjectReader reader = rig.OpenRamp("shared", 64L * MiB, seed: 7);
        Task[] readers = [.. Enumerable.Range(0, 32).Select(seed => Task.Run(() => ReadSomeAsync(reader, seed, cancellationToken), cancellationToken))];
        await Task.WhenAll(readers);
        reader.Dispose();
        await rig.DrainAsync(cancellationToken);
        Assert.That((rig.Used, rig.Cache.Budget.HasWaiters), Is.EqualTo((0, false)));
    }

    [Test]
    public async Task A_silent_stream_gives_back_what_was_fetched_for_it()
    {
        using var rig = new ReaderRig();
        using ObjectReader reader = rig.OpenRamp("large", 64L * MiB);
        for (long offset = 0; offset < 8 * MiB; offset += ReadSize)
            await ReaderRig.ReadAsync(reader, offset, ReadSize);
        Assert.That(rig.Used, Is.GreaterThan(4 * MiB));
        rig.Time.Advance(BlockFetcher.SilentAfter / 2);
        Assert.That(rig.Used, Is.GreaterThan(4 * MiB), "the stream was not silent for long");
        rig.Time.Advance(BlockFetcher.SilentAfter);
        Assert.That(rig.Used, Is.Zero);
        await ReaderRig.ReadAllAsync(reader, ReadSize);
    }

    [Test]
    public async Task A_stream_that_moves_keeps_what_was_fetched_for_it()
    {
        using var rig = new ReaderRig();
        using ObjectReader reader = rig.OpenRamp("large", 64L * MiB);
        for (long offset = 0; offset < 16 * MiB; offset += ReadSize)
        {
            await ReaderRig.ReadAsync(reader, offset, ReadSize);
            rig.Time.Advance(BlockFetcher.SilentAfter * 0.9);
        }
        Assert.That(rig.BytesAsked, Is.EqualTo(rig.Store.Calls.Select(call => call.Offset + call.Length).Max()), "bytes were fetched twice");
    }

    [Test]
    public async Task Streams_that_have_come_to_their_end_leave_their_share_to_others()
    {
        using var rig = new ReaderRig(64 * MiB);
        for (int i = 0; i < 100; i++)
            await ReaderRig.ReadAllAsync(rig.OpenRamp($"shard{i}", 4 * MiB), ReadSize);
        Assert.That(rig.Fetcher.WindowShare, Is.EqualTo(32 * MiB));
    }

    [Test]
    public async Task A_share_too_small_to_help_fetches_nothing_ahead()
    {
        using var rig = new ReaderRig(ObjectFileSystemOptions.MinMemoryBudget);
        for (int i = 0; i < 200; i++)
            rig.Fetcher.StreamingBegan();
        using ObjectReader reader = rig.OpenRamp("large", 4 * MiB);
        await ReaderRig.ReadAllAsync(reader, ReadSize);
        Assert.That(rig.Store.Gets, Is.EqualTo(32));
        Assert.That(rig.Store.Calls.Select(call => call.Length), Is.All.EqualTo(ReadSize));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_read_that_gets_no_memory_fails_at_the_deadline(CancellationToken cancellationToken)
    {
        using var rig = new ReaderRig(ObjectFileSystemOptions.MinMemoryBudget, ioDeadline: TimeSpan.FromSeconds(30));
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        Task<byte[]>[] holders = [.. Enumerable.Range(0, 16).Select(i => ReaderRig.ReadAsync(rig.OpenRamp($"o{i}", MiB), 0, 1, cancellationToken))];
        Task<byte[]> late = ReaderRig.ReadAsync(rig.OpenRamp("late", MiB), 0, 1, cancellationToken);
        Assert.That(rig.Cache.Budget.HasWaiters, Is.True);
        rig.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.That(async () => await late, Throws.InstanceOf<TimeoutException>());
        gate.Open();
        await Task.WhenAll(holders);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(long.MaxValue)]
    [TestCase(100 * TimeSpan.TicksPerDay)]
    [CancelAfter(20_000)]
    public async Task A_deadline_longer_than_any_timer_waits_for_ever(long ticks, CancellationToken cancellationToken)
    {
        using var rig = new ReaderRig(ObjectFileSystemOptions.MinMemoryBudget, ioDeadline: new TimeSpan(ticks));
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        Task<byte[]>[] readers = [.. Enumerable.Range(0, 17).Select(i => ReaderRig.ReadAsync(rig.OpenRamp($"o{i}", MiB), 0, 1, cancellationToken))];
        rig.Time.Advance(TimeSpan.FromHours(2));
        Assert.That(readers.Select(reader => reader.IsCompleted), Is.All.False);
        gate.Open();
        await Task.WhenAll(readers);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_reader_closed_while_it_waits_for_memory_loses_none(CancellationToken cancellationToken)
    {
        using var rig = new ReaderRig(ObjectFileSystemOptions.MinMemoryBudget);
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        Task<byte[]>[] holders = [.. Enumerable.Range(0, 16).Select(i => ReaderRig.ReadAsync(rig.OpenRamp($"o{i}", MiB), 0, MiB, cancellationToken))];
        ObjectReader reader = rig.OpenRamp("late", MiB);
        Task<byte[]> late = ReaderRig.ReadAsync(reader, 0, 1, cancellationToken);
        reader.Dispose();
        gate.Open();
        await Task.WhenAll(holders);
        Assert.That(async () => await late, Throws.InstanceOf<ObjectDisposedException>());
        // Those who waited go on before the fetch that woke them has let go of its block.
        while (rig.Used > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rig.Cache.MakeRoom(ObjectFileSystemOptions.MinMemoryBudget);
            await Task.Yield();
        }
    }

    private static async Task ReadSomeAsync(ObjectReader reader, int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        for (int i = 0; i < 30; i++)
        {
            long offset = random.NextInt64(0, reader.Version.Size - MiB);
            for (int read = 0; read < random.Next(1, 8); read++, offset += ReadSize)
                ReaderRig.AssertRamp(await ReaderRig.ReadAsync(reader, offset, ReadSize, cancellationToken), offset, ReadSize, seed: 7);
        }
    }
}
