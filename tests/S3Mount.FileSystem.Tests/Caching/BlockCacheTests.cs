using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Reading;
using S3Mount.FileSystem.Tests.Reading;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Caching;

/// <summary>16 MiB of budget, and objects of 1 MiB or less: each is one block.</summary>
public sealed class BlockCacheTests : IDisposable
{
    private const int MiB = 1 << 20;

    private readonly ReaderRig _rig = new(16 * MiB);

    public void Dispose() => _rig.Dispose();

    [Test]
    public async Task A_lease_outlives_the_eviction_of_its_block()
    {
        using ObjectReader reader = _rig.OpenRamp("leased", MiB, seed: 1);
        List<Block> lease = (await reader.LeaseAsync(0, MiB, default))!;
        reader.Remove(lease[0]);
        Assert.That(ReaderRig.TryRead(reader, 0, 1), Is.Null);
        await FillAsync(15);
        Assert.That(Ramp.FirstDifference(lease[0].Slice(0, MiB).Span, 0, seed: 1), Is.EqualTo(-1));
        long before = _rig.Used;
        Return(reader, lease, MiB);
        Assert.That(_rig.Used, Is.EqualTo(before - MiB));
    }

    [Test]
    public async Task A_leased_block_is_not_evicted_however_scarce_memory_is()
    {
        using ObjectReader reader = _rig.OpenRamp("leased", MiB, seed: 1);
        List<Block> lease = (await reader.LeaseAsync(0, MiB, default))!;
        await FillAsync(40);
        Assert.That(Ramp.FirstDifference(lease[0].Slice(0, MiB).Span, 0, seed: 1), Is.EqualTo(-1));
        Assert.That(ReaderRig.TryRead(reader, 0, 1), Is.Not.Null);
        Return(reader, lease, MiB);
    }

    [Test]
    public async Task A_block_read_to_its_end_is_the_first_to_go_then_the_one_fetched_longest_ago()
    {
        ObjectReader[] readers = [.. Enumerable.Range(0, 16).Select(i => _rig.OpenRamp($"o{i}", MiB))];
        foreach (ObjectReader reader in readers)
            await ReaderRig.ReadAsync(reader, 0, 4096);
        Assert.That(_rig.Used, Is.EqualTo(16 * MiB));
        await ReaderRig.ReadAsync(readers[7], 4096, MiB - 4096);

        await FillAsync(1);
        Assert.That(Present(readers), Is.EqualTo(Enumerable.Range(0, 16).Where(i => i != 7)));
        await FillAsync(3, "unread", 4096);
        Assert.That(Present(readers), Is.EqualTo(Enumerable.Range(0, 16).Where(i => i is not (0 or 1 or 7))));
    }

    [Test]
    public async Task What_has_been_read_keeps_a_quarter_of_the_budget_at_most()
    {
        await FillAsync(16);
        Assert.That(_rig.Used, Is.EqualTo(4 * MiB));
    }

    [Test]
    public async Task A_block_is_consumed_by_its_bytes_in_any_order()
    {
        using ObjectReader reader = _rig.OpenRamp("o", MiB);
        List<Block> lease = (await reader.LeaseAsync(0, 1, default))!;
        Block block = lease[0];
        Return(reader, lease, 1);
        Assert.That(block.IsConsumed, Is.False);
        await ReaderRig.ReadAsync(reader, MiB / 2, MiB / 2);
        await ReaderRig.ReadAsync(reader, 1, (MiB / 2) - 2);
        Assert.That(block.IsConsumed, Is.False);
        await ReaderRig.ReadAsync(reader, (MiB / 2) - 1, 1);
        Assert.That(block.IsConsumed, Is.True);
    }

    [Test]
    public async Task Memory_goes_back_with_the_last_reference_and_not_before()
    {
        ObjectReader reader = _rig.OpenRamp("o", MiB);
        List<Block> first = (await reader.LeaseAsync(0, MiB, default))!;
        List<Block> second = (await reader.LeaseAsync(0, MiB, default))!;
        Assert.That(second[0], Is.SameAs(first[0]));
        reader.Dispose();
        Assert.That(_rig.Used, Is.EqualTo(MiB));
        Return(reader, first, MiB);
        Assert.That(_rig.Used, Is.EqualTo(MiB));
        Return(reader, second, MiB);
        Assert.That(_rig.Used, Is.Zero);
    }

    [Test, CancelAfter(20_000)]
    public async Task Who_waits_for_memory_gets_what_a_lease_gives_back(CancellationToken cancellationToken)
    {
        ObjectReader[] readers = [.. Enumerable.Range(0, 16).Select(i => _rig.OpenRamp($"o{i}", MiB))];
        var leases = new List<List<Block>>();
        foreach (ObjectReader one in readers)
            leases.Add((await one.LeaseAsync(0, MiB, cancellationToken))!);
        using ObjectReader reader = _rig.OpenRamp("late", MiB, seed: 5);
        Task<byte[]> waiting = ReaderRig.ReadAsync(reader, 0, MiB, cancellationToken);
        Assert.That((waiting.IsCompleted, _rig.Cache.Budget.HasWaiters), Is.EqualTo((false, true)));
        Return(readers[3], leases[3], MiB);
        ReaderRig.AssertRamp(await waiting, 0, MiB, seed: 5);
    }

    [Test, CancelAfter(120_000)]
    public async Task Blocks_come_and_go_under_many_readers_and_no_byte_is_wrong(CancellationToken cancellationToken)
    {
        const int Workers = 8;
        _rig.Store.CompletesAsynchronously = true;
        ObjectReader[] readers = [.. Enumerable.Range(0, 48).Select(i => _rig.OpenRamp($"o{i}", 300_000 + (i * 20_000), seed: i))];
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int reads = 0;

        async Task WorkAsync(int seed)
        {
            var random = new Random(seed);
            await start.Task.WaitAsync(cancellationToken);
            for (int i = 0; i < 400; i++)
            {
                int which = random.Next(readers.Length);
                ObjectReader reader = readers[which];
                int length = random.Next(1, 128 << 10);
                long offset = random.NextInt64(0, reader.Version.Size - length);
                ReaderRig.AssertRamp(await ReaderRig.ReadAsync(reader, offset, length, cancellationToken), offset, length, which);
                Interlocked.Increment(ref reads);
                if (_rig.Cache.Allocated > 16 * MiB)
                    throw new InvalidOperationException($"{_rig.Cache.Allocated} bytes are allocated");
            }
        }

        Task[] workers = [.. Enumerable.Range(0, Workers).Select(seed => Task.Run(() => WorkAsync(seed), cancellationToken))];
        start.SetResult();
        await Task.WhenAll(workers);
        Assert.That(reads, Is.EqualTo(Workers * 400));
        Assert.That(_rig.Store.Gets, Is.GreaterThan(readers.Length), "nothing was ever evicted");
        foreach (ObjectReader reader in readers)
            reader.Dispose();
        await _rig.DrainAsync(cancellationToken);
        Assert.That((_rig.Used, _rig.Cache.Budget.HasWaiters), Is.EqualTo((0, false)));
    }

    private static IEnumerable<int> Present(ObjectReader[] readers) =>
        Enumerable.Range(0, readers.Length).Where(i => ReaderRig.TryRead(readers[i], 0, 1) is not null);

    // Each object read once, as far as told: the blocks of those read to the end are consumed.
    private async Task FillAsync(int count, string name = "fill", int length = MiB)
    {
        for (int i = 0; i < count; i++)
            await ReaderRig.ReadAsync(_rig.OpenRamp($"{name}{i}", MiB), 0, length);
    }

    private static void Return(ObjectReader reader, List<Block> leases, int length)
    {
        FuseSlice[] slices = [.. leases.Select(block => block.Slice(block.Offset, Math.Min(length, block.Length)))];
        reader.Return(leases.ToArray(), slices);
    }
}
