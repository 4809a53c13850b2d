using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;
using S3Mount.Testing;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>Answers that do not begin, bodies that stand still, and stores that are only slow.</summary>
internal sealed class StallTests
{
    private const string Tag = "0123456789abcdef0123456789abcdef";

    private static readonly byte[] _content = WireTests.Ramp(100_000);
    private static readonly ObjectVersion _version = new(ETag.Parse(Tag), 100_000, 0);
    private static readonly TimeSpan _latency = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _stall = TimeSpan.FromSeconds(30);

    [Test, CancelAfter(60_000)]
    public async Task One_response_in_a_hundred_that_stalls_keeps_no_reader_for_a_second(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var random = new Random(7);
        (TimeSpan, TimeSpan) Pace(int index) => random.Next(200) switch
        {
            0 => (_stall, TimeSpan.Zero),
            1 => (_latency, _stall),
            _ => (_latency, TimeSpan.Zero),
        };
        await using S3ObjectStore store = await OpenAsync(new PacedHandler(time, _content, Tag, Pace), time, cancellationToken);
        List<TimeSpan> times = ReadMany(store, time, 20_000, cancellationToken);
        times.Sort();
        Assert.That(times[times.Count / 2], Is.EqualTo(_latency));
        Assert.That(times[times.Count * 999 / 1000], Is.LessThanOrEqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(times[^1], Is.LessThan(TimeSpan.FromSeconds(3)));
        Assert.That(store.Health.HedgesWon, Is.InRange(60, 140), "half of the stalls");
        Assert.That(store.Health.Stalls, Is.InRange(60, 140), "the other half");
    }

    [Test, CancelAfter(60_000)]
    public async Task A_healthy_store_is_asked_once(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var random = new Random(7);
        (TimeSpan, TimeSpan) Pace(int index) => (_latency * (1 + 3 * random.NextDouble()), TimeSpan.FromMilliseconds(random.Next(50)));
        await using S3ObjectStore store = await OpenAsync(new PacedHandler(time, _content, Tag, Pace), time, cancellationToken);
        ReadMany(store, time, 5000, cancellationToken);
        Assert.That(store.Health, Is.EqualTo(new ObjectStoreHealth { GetLimit = 64, ListLimit = 64 }));
        Assert.That(store.Statistics.Gets, Is.EqualTo(5000));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_slow_store_is_left_its_time([Values(3, 8, 20)] int seconds, CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        await using S3ObjectStore store = await OpenAsync(new PacedHandler(time, _content, Tag, _ => (TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(2))), time, cancellationToken);
        ReadMany(store, time, 320, cancellationToken);
        ObjectStoreHealth learned = store.Health;
        ReadMany(store, time, 640, cancellationToken);
        // What was saved at first, and one in twenty.
        Assert.That(store.Health.Hedges, Is.LessThanOrEqualTo(10 + (store.Statistics.Gets - store.Health.Hedges) / 20));
        Assert.That(store.Health.Stalls, Is.EqualTo(learned.Stalls), "bodies are not replaced any more");
        Assert.That(store.Statistics.Retries, Is.EqualTo(learned.Stalls));
        if (seconds < 10)
            Assert.That(store.Health.Hedges, Is.EqualTo(learned.Hedges), "nor is anything sent beside");
    }

    [Test, CancelAfter(10_000)]
    public async Task The_first_head_wins_and_the_others_are_ended([Values] bool isFirst, CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        // Nothing is known of the store: the second is sent after a second.
        var handler = new PacedHandler(time, _content, Tag, index => (index == 0 ? (isFirst ? TimeSpan.FromSeconds(1.5) : _stall) : TimeSpan.FromSeconds(0.6), TimeSpan.Zero));
        await using S3ObjectStore store = await OpenAsync(handler, time, cancellationToken);
        TimeSpan taken = ReadMany(store, time, 1, cancellationToken)[0];
        Assert.That(taken, Is.EqualTo(TimeSpan.FromSeconds(isFirst ? 1.5 : 1.6)));
        Assert.That(handler.Tokens, Has.Count.EqualTo(2));
        Assert.That(handler.Tokens[isFirst ? 1 : 0].IsCancellationRequested, Is.True);
        Assert.That(handler.Tokens[isFirst ? 0 : 1].IsCancellationRequested, Is.False);
        Assert.That((store.Health.Hedges, store.Health.HedgesWon), Is.EqualTo((1L, isFirst ? 0L : 1L)));
        Assert.That(store.Statistics, Is.EqualTo(new ObjectStoreStatistics(Gets: 2, Heads: 0, Lists: 1, Retries: 0, BytesRead: 100_000)));
    }

    [Test, CancelAfter(10_000)]
    public async Task All_requests_of_a_read_that_is_cancelled_are_ended(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var handler = new PacedHandler(time, _content, Tag, _ => (_stall, TimeSpan.Zero));
        await using S3ObjectStore store = await OpenAsync(handler, time, cancellationToken);
        using var caller = new CancellationTokenSource();
        Task read = store.ReadRangeAsync(new ObjectKey("k"), _version, 0, new byte[100_000], null, caller.Token).AsTask();
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.That(handler.Tokens, Has.Count.EqualTo(3));
        await caller.CancelAsync();
        Assert.That(async () => await read, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(handler.Tokens, Has.All.Property(nameof(CancellationToken.IsCancellationRequested)).True);
        Assert.That(handler.Tokens, Has.Count.EqualTo(3));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_hedge_does_not_wait_for_a_connection_that_stands_still(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedServer server = Stores.Server((head, index) =>
        {
            if (index > 0)
                return ScriptedAnswer.Range(head, _content, Tag);
            stalled.SetResult();
            return new ScriptedAnswer { Gate = Task.Delay(Timeout.Infinite, cancellationToken) };
        });
        await using S3ObjectStore store = await S3ObjectStore.OpenWithAsync(
            Stores.Options(server.Url) with { MaxConnections = 1 }, Stores.Services with { TimeProvider = time }, cancellationToken);
        byte[] destination = new byte[100_000];
        Task read = store.ReadRangeAsync(new ObjectKey("k"), _version, 0, destination, null, cancellationToken).AsTask();
        await stalled.Task.WaitAsync(cancellationToken);
        time.Advance(TimeSpan.FromSeconds(1));
        await read;
        Assert.That(destination, Is.EqualTo(_content));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_body_that_comes_a_byte_at_a_time_is_replaced(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var handler = new StubHandler((_, index) => index switch
        {
            0 => StubHandler.EmptyPage(),
            1 => StubHandler.Partial(new StreamContent(new DribbleStream(time, TimeSpan.FromSeconds(0.3))), Tag, 0, 9999, 10_000),
            _ => StubHandler.Partial(new ByteArrayContent(_content[1..10_000]), Tag, 1, 9999, 10_000),
        });
        await using S3ObjectStore store = await OpenAsync(handler, time, cancellationToken);
        DateTimeOffset start = time.GetUtcNow();
        byte[] destination = new byte[10_000];
        FakeWorld.Run(time, () => store.ReadRangeAsync(new ObjectKey("k"), _version with { Size = 10_000 }, 0, destination, null, cancellationToken).AsTask());
        Assert.That(time.GetUtcNow() - start, Is.LessThanOrEqualTo(TimeSpan.FromSeconds(0.6)));
        Assert.That(destination[1..], Is.EqualTo(_content[1..10_000]));
    }

    [Test]
    public void Hedges_are_a_twentieth_of_the_requests_and_few_at_once()
    {
        var budget = new HedgeBudget(64);
        int taken = 0;
        for (int i = 0; i < 1000; i++)
        {
            budget.Earn();
            if (!budget.TryTake())
                continue;
            taken++;
            budget.Release();
        }
        Assert.That(taken, Is.InRange(50, 60));
        var fresh = new HedgeBudget(8);
        Assert.That(Enumerable.Range(0, 5).Count(_ => fresh.TryTake()), Is.EqualTo(HedgeBudget.AtOnce(8)).And.EqualTo(2));
        fresh.Release();
        Assert.That(fresh.TryTake(), Is.True);
    }

    [Test]
    public void What_is_usual_follows_the_answers_and_not_the_few_that_stall()
    {
        var tracker = new LatencyTracker();
        for (int i = 0; i < 19; i++)
            tracker.Record(_latency);
        Assert.That(tracker.Usual, Is.Null);
        for (int i = 0; i < 1000; i++)
            tracker.Record(i % 30 == 0 ? _stall : _latency);
        Assert.That(tracker.Usual!.Value.TotalMilliseconds, Is.InRange(20, 24));
        for (int i = 0; i < 64; i++)
            tracker.Record(TimeSpan.FromSeconds(5));
        Assert.That(tracker.Usual!.Value.TotalSeconds, Is.InRange(5, 6));
        for (int i = 0; i < 3000; i++)
            tracker.Record(TimeSpan.Zero);
        Assert.That(tracker.Usual!.Value.TotalMilliseconds, Is.InRange(1, 1.2));
    }

    // 32 readers side by side, and how long each read took.
    private static List<TimeSpan> ReadMany(S3ObjectStore store, FakeTimeProvider time, int reads, CancellationToken cancellationToken)
    {
        var times = new List<TimeSpan>(reads);
        int begun = 0;
        async Task RunAsync()
        {
            byte[] destination = new byte[_content.Length];
            while (Interlocked.Increment(ref begun) <= reads)
            {
                destination.AsSpan().Clear();
                DateTimeOffset start = time.GetUtcNow();
                await store.ReadRangeAsync(new ObjectKey("k"), _version, 0, destination, null, cancellationToken);
                lock (times)
                    times.Add(time.GetUtcNow() - start);
                if (!destination.AsSpan().SequenceEqual(_content))
                    throw new AssertionException("other bytes came than were stored");
            }
        }
        FakeWorld.Run(time, () => Task.WhenAll(Enumerable.Range(0, Math.Min(32, reads)).Select(_ => RunAsync())));
        return times;
    }

    private static Task<S3ObjectStore> OpenAsync(HttpMessageHandler handler, FakeTimeProvider time, CancellationToken cancellationToken) => S3ObjectStore.OpenWithAsync(
        Stores.Options("http://127.0.0.1:1"), Stores.Services with { TimeProvider = time, HttpHandler = handler, Random = new Random(1) }, cancellationToken);
}
