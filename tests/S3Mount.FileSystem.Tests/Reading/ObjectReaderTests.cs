using S3Mount.FileSystem.Reading;
using S3Mount.ObjectStore;
using S3Mount.Testing;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.Reading;

public sealed class ObjectReaderTests
{
    private const int MiB = 1 << 20;
    private const int ReadSize = 128 << 10;

    private ReaderRig _rig = null!;

    [SetUp]
    public void SetUp() => _rig = new ReaderRig();

    [TearDown]
    public void TearDown() => _rig.Dispose();

    [TestCase(1)]
    [TestCase(4096)]
    [TestCase(110_000)]
    [TestCase(MiB)]
    public async Task A_small_file_is_one_GET_however_it_is_read(int length)
    {
        using ObjectReader reader = _rig.OpenRamp("small", length);
        await ReaderRig.ReadAllAsync(reader, 4096);
        Assert.That((_rig.Store.Gets, _rig.BytesAsked), Is.EqualTo((1, length)));
    }

    [Test]
    public async Task A_small_file_read_from_its_middle_is_one_GET_too()
    {
        using ObjectReader reader = _rig.OpenRamp("small", 500_000);
        ReaderRig.AssertRamp(await ReaderRig.ReadAsync(reader, 250_000, 1000), 250_000, 1000);
        await ReaderRig.ReadAllAsync(reader, ReadSize);
        Assert.That(_rig.Store.Gets, Is.EqualTo(1));
    }

    [Test]
    public async Task Random_reads_ask_for_exactly_their_bytes()
    {
        using ObjectReader reader = _rig.OpenRamp("records", 1L << 30);
        long[] offsets = [700L * MiB, 33L * MiB + 17, 512L * MiB + 1, 90L * MiB];
        foreach (long offset in offsets)
            ReaderRig.AssertRamp(await ReaderRig.ReadAsync(reader, offset, 100_000), offset, 100_000);
        Assert.That(_rig.Store.Calls.Select(call => (call.Offset, call.Length)), Is.EqualTo(offsets.Select(offset => (offset, 100_000))));
    }

    [Test]
    public async Task Random_records_cost_at_most_three_tenths_more_than_themselves()
    {
        const int Record = 100_000;
        using ObjectReader reader = _rig.OpenRamp("records", 1L << 30);
        var random = new Random(12);
        int count = (1 << 30) / Record;
        for (int i = 0; i < 1000; i++)
        {
            long offset = (long)random.Next(count) * Record;
            ReaderRig.AssertRamp(await ReaderRig.ReadAsync(reader, offset, Record), offset, Record);
        }
        Assert.That(_rig.BytesAsked / (1000.0 * Record), Is.LessThanOrEqualTo(1.3));
    }

    [TestCase(4096)]
    [TestCase(ReadSize)]
    [TestCase(MiB)]
    [TestCase(300_001)]
    public async Task A_file_read_to_its_end_is_fetched_once(int readSize)
    {
        using ObjectReader reader = _rig.OpenRamp("large", 40 * MiB + 12_345, seed: 3);
        await ReaderRig.ReadAllAsync(reader, readSize, seed: 3);
        Assert.That(_rig.BytesAsked, Is.EqualTo(40 * MiB + 12_345));
        Assert.That(_rig.Store.Gets, Is.LessThanOrEqualTo(41));
    }

    [Test]
    public async Task A_READ_whose_thread_sleeps_after_the_answer_is_not_taken_for_another_stream()
    {
        const long Length = 40L * MiB;
        using ObjectReader reader = _rig.OpenRamp("large", Length);
        long late = -1;
        for (long offset = 0; offset < Length; offset += MiB)
        {
            if (late < 0 && offset >= 4 * MiB && ReaderRig.TryRead(reader, offset, MiB) is not null)
                late = offset;
            else
                await ReaderRig.ReadAsync(reader, offset, MiB);
        }
        Assert.That(late, Is.GreaterThan(0));
        Assert.That(ReaderRig.TryRead(reader, late + MiB, MiB), Is.Null, "long evicted");
        reader.ReadAhead(late, MiB);
        Assert.That(_rig.BytesAsked, Is.EqualTo(Length));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_stream_is_fetched_ahead_in_several_parts_at_once(CancellationToken cancellationToken)
    {
        using ObjectReader reader = _rig.OpenRamp("large", 64L * MiB);
        for (int offset = 0; offset < 8 * MiB; offset += ReadSize)
            await ReaderRig.ReadAsync(reader, offset, ReadSize, cancellationToken);
        int before = _rig.Store.InFlight;
        using Gate gate = _rig.Store.Hold(StoreOperation.Get);
        Assert.That(before, Is.Zero);

        // The reader goes on in what is there; what it will want next is under way meanwhile.
        long next = 8 * MiB;
        while (ReaderRig.TryRead(reader, next, ReadSize) is { } bytes)
        {
            ReaderRig.AssertRamp(bytes, next, ReadSize);
            reader.ReadAhead(next, ReadSize);
            next += ReadSize;
        }
        Assert.That(gate.Waiting, Is.GreaterThanOrEqualTo(3));
        Task<byte[]> waiting = ReaderRig.ReadAsync(reader, next, ReadSize, cancellationToken);
        Assert.That(waiting.IsCompleted, Is.False);
        gate.Open();
        ReaderRig.AssertRamp(await waiting, next, ReadSize);
    }

    [Test, CancelAfter(10_000)]
    public async Task Two_readers_of_the_same_bytes_are_one_GET(CancellationToken cancellationToken)
    {
        using ObjectReader reader = _rig.OpenRamp("small", 100_000);
        using Gate gate = _rig.Store.Hold(StoreOperation.Get);
        Task<byte[]> first = ReaderRig.ReadAsync(reader, 0, 50_000, cancellationToken);
        Task<byte[]> second = ReaderRig.ReadAsync(reader, 50_000, 50_000, cancellationToken);
        Assert.That((gate.Arrivals, first.IsCompleted, second.IsCompleted), Is.EqualTo((1, false, false)));
        gate.Open();
        ReaderRig.AssertRamp(await first, 0, 50_000);
        ReaderRig.AssertRamp(await second, 50_000, 50_000);
        Assert.That(_rig.Store.Gets, Is.EqualTo(1));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_READ_is_answered_as_soon_as_its_own_bytes_have_come(CancellationToken cancellationToken)
    {
        using ObjectReader reader = _rig.OpenRamp("small", MiB);
        using var rest = new Gate();
        _rig.Store.ProgressStep = 64 << 10;
        _rig.Store.OnProgress = async (_, filled, token) =>
        {
            if (filled == 512 << 10)
                await rest.PassAsync(token);
        };
        ReaderRig.AssertRamp(await ReaderRig.ReadAsync(reader, 0, ReadSize, cancellationToken), 0, ReadSize);
        Assert.That(ReaderRig.TryRead(reader, (512 << 10) - ReadSize, ReadSize), Is.Not.Null);
        Assert.That(ReaderRig.TryRead(reader, (512 << 10) - ReadSize + 1, ReadSize), Is.Null);
        Task<byte[]> last = ReaderRig.ReadAsync(reader, MiB - 10, 10, cancellationToken);
        Assert.That(last.IsCompleted, Is.False);
        rest.Open();
        ReaderRig.AssertRamp(await last, MiB - 10, 10);
    }

    [Test, CancelAfter(10_000)]
    public async Task A_failed_fetch_is_told_to_all_who_wait_and_leaves_no_trace(CancellationToken cancellationToken)
    {
        using ObjectReader reader = _rig.OpenRamp("small", 100_000);
        _rig.Store.Fail(StoreOperation.Get, ObjectStoreFailure.Unavailable);
        using (Gate gate = _rig.Store.Hold(StoreOperation.Get))
        {
            Task<byte[]> first = ReaderRig.ReadAsync(reader, 0, 1000, cancellationToken);
            Task<byte[]> second = ReaderRig.ReadAsync(reader, 1000, 1000, cancellationToken);
            await gate.WaitForArrivalsAsync(1, cancellationToken);
            gate.Open();
            Assert.That(async () => await first, Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.Unavailable));
            Assert.That(async () => await second, Throws.InstanceOf<ObjectStoreException>());
        }
        Assert.That(_rig.Used, Is.Zero);
        await ReaderRig.ReadAllAsync(reader, 50_000, cancellationToken: cancellationToken);
        Assert.That(_rig.Store.Gets, Is.EqualTo(2));
    }

    [Test]
    public async Task A_fetch_that_breaks_off_gives_what_came_before_to_those_who_need_no_more()
    {
        using ObjectReader reader = _rig.OpenRamp("small", 100_000);
        _rig.Store.Fail(new StoreFault { Operation = StoreOperation.Get, AfterBytes = 60_000, Failure = StoreFault.Of(ObjectStoreFailure.Unavailable) });
        Assert.That(async () => await ReaderRig.ReadAsync(reader, 50_000, 20_000), Throws.InstanceOf<ObjectStoreException>());
        Assert.That(ReaderRig.TryRead(reader, 0, 1000), Is.Null, "the broken block is still in the index");
        Assert.That(_rig.Used, Is.Zero);
        ReaderRig.AssertRamp(await ReaderRig.ReadAsync(reader, 50_000, 20_000), 50_000, 20_000);
    }

    [Test, CancelAfter(10_000)]
    public async Task Who_stops_waiting_stops_nobody_else(CancellationToken cancellationToken)
    {
        using ObjectReader reader = _rig.OpenRamp("small", 100_000);
        using Gate gate = _rig.Store.Hold(StoreOperation.Get);
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<byte[]> first = ReaderRig.ReadAsync(reader, 0, 1000, interrupt.Token);
        Task<byte[]> second = ReaderRig.ReadAsync(reader, 5000, 1000, cancellationToken);
        await interrupt.CancelAsync();
        Assert.That(async () => await first, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(second.IsCompleted, Is.False);
        gate.Open();
        ReaderRig.AssertRamp(await second, 5000, 1000);
        Assert.That(_rig.Store.Gets, Is.EqualTo(1));
    }

    [Test, CancelAfter(10_000)]
    public async Task What_nobody_waits_for_any_more_is_still_there_for_the_next(CancellationToken cancellationToken)
    {
        using ObjectReader reader = _rig.OpenRamp("small", 100_000);
        using Gate gate = _rig.Store.Hold(StoreOperation.Get);
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<byte[]> only = ReaderRig.ReadAsync(reader, 0, 1000, interrupt.Token);
        await interrupt.CancelAsync();
        Assert.That(async () => await only, Throws.InstanceOf<OperationCanceledException>());
        gate.Open();
        ReaderRig.AssertRamp(await ReaderRig.ReadAsync(reader, 0, 100_000, cancellationToken), 0, 100_000);
        Assert.That(_rig.Store.Gets, Is.EqualTo(1));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_closed_reader_cancels_its_fetches_and_gives_everything_back(CancellationToken cancellationToken)
    {
        ObjectReader reader = _rig.OpenRamp("large", 10 * MiB);
        using Gate gate = _rig.Store.Hold(StoreOperation.Get);
        Task<byte[]> waiting = ReaderRig.ReadAsync(reader, 0, MiB, cancellationToken);
        Assert.That(_rig.Used, Is.GreaterThan(0));
        reader.Dispose();
        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
        Assert.That((_rig.Used, _rig.Store.InFlight), Is.EqualTo((0, 0)));
        Assert.That(async () => await ReaderRig.ReadAsync(reader, 0, MiB, cancellationToken), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(_rig.Used, Is.Zero);
    }

    [Test]
    public async Task A_reader_retires_with_its_last_block_and_not_while_it_follows_a_stream()
    {
        var retired = new List<ObjectReader>();
        StoredObject stored = _rig.Store.PutRamp("small", 1000);
        var small = new ObjectReader(_rig.Fetcher, stored.Key, stored.Version, retired.Add);
        await ReaderRig.ReadAsync(small, 0, 1000);
        StoredObject large = _rig.Store.PutRamp("large", 2 * MiB);
        var stream = new ObjectReader(_rig.Fetcher, large.Key, large.Version, retired.Add);
        await ReaderRig.ReadAsync(stream, 0, MiB);
        Assert.That(retired, Is.Empty);
        _rig.Cache.MakeRoom(_rig.Cache.Budget.Limit);
        Assert.That((_rig.Used, small.IsRetired, stream.IsRetired), Is.EqualTo((0, true, false)));
        Assert.That(retired, Is.EqualTo([small]));
        Assert.That(await small.LeaseAsync(0, 1000, default), Is.Null);

        await ReaderRig.ReadAsync(stream, MiB, MiB);
        _rig.Cache.MakeRoom(_rig.Cache.Budget.Limit);
        Assert.That(retired, Is.EqualTo([small, stream]));
    }

    [Test]
    public async Task A_reader_of_records_here_and_there_retires_when_it_falls_silent()
    {
        int retired = 0;
        StoredObject stored = _rig.Store.PutRamp("records", 64 * MiB, 0);
        var reader = new ObjectReader(_rig.Fetcher, stored.Key, stored.Version, _ => retired++);
        for (int i = 1; i <= 5; i++)
            ReaderRig.AssertRamp(await ReaderRig.ReadAsync(reader, i * 10L * MiB, 100_000), i * 10L * MiB, 100_000);
        _rig.Cache.MakeRoom(_rig.Cache.Budget.Limit);
        Assert.That((_rig.Used, retired), Is.EqualTo((0, 0)), "it may come back");
        _rig.Time.Advance(BlockFetcher.SilentAfter * 1.5);
        Assert.That((retired, reader.IsRetired), Is.EqualTo((1, true)));
        Assert.That(await reader.LeaseAsync(0, 1, default), Is.Null);
    }

    [Test]
    public void A_reader_retires_after_a_failed_fetch_and_is_done_with()
    {
        _rig.Store.Fail(StoreOperation.Get, ObjectStoreFailure.Unavailable);
        StoredObject stored = _rig.Store.PutRamp("small", 1000);
        int retired = 0;
        using var reader = new ObjectReader(_rig.Fetcher, stored.Key, stored.Version, _ => retired++);
        Assert.That(async () => await ReaderRig.ReadAsync(reader, 0, 1000), Throws.InstanceOf<ObjectStoreException>());
        Assert.That((reader.IsRetired, retired, _rig.Used), Is.EqualTo((true, 1, 0)));
    }

    [Test]
    public async Task Overlapping_reads_fetch_only_what_is_missing()
    {
        using ObjectReader reader = _rig.OpenRamp("records", 100L * MiB);
        await ReaderRig.ReadAsync(reader, 50L * MiB, 100_000);
        await ReaderRig.ReadAsync(reader, 50L * MiB + 200_000, 100_000);
        byte[] across = await ReaderRig.ReadAsync(reader, 50L * MiB - 50_000, 400_000);
        ReaderRig.AssertRamp(across, 50L * MiB - 50_000, 400_000);
        Assert.That(_rig.Store.Calls.Select(call => (call.Offset - 50L * MiB, call.Length)), Is.EqualTo(new (long, int)[]
        {
            (0, 100_000), (200_000, 100_000), (-50_000, 50_000), (100_000, 100_000), (300_000, 50_000),
        }));
    }
}
