using System.Net;
using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;
using S3Mount.Testing;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>How many requests a store is sent at once, and what changes that.</summary>
internal sealed class ThrottleTests
{
    private const S3OperationKind Get = S3OperationKind.Get;
    private const S3OperationKind List = S3OperationKind.List;

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);

    [Test]
    public void The_limit_falls_at_once_a_round_and_rises_slowly()
    {
        var time = new FakeTimeProvider();
        var limit = new ConcurrencyLimit(64, time);
        long entered = time.GetTimestamp();
        time.Advance(TimeSpan.FromMilliseconds(20));
        for (int i = 0; i < 64; i++)
            limit.Throttled(Get, entered);
        Assert.That((limit.LimitOf(Get), limit.LimitOf(List)), Is.EqualTo((44, 64)), "64 that went in together are one round");
        limit.Throttled(Get, time.GetTimestamp());
        Assert.That(limit.LimitOf(Get), Is.EqualTo(31));
        for (int i = 0; i < 31; i++)
            limit.Answered(Get);
        Assert.That(limit.LimitOf(Get), Is.EqualTo(31));
        for (int i = 0; i < 31; i++)
            limit.Answered(Get);
        Assert.That(limit.LimitOf(Get), Is.EqualTo(32), "one more after two rounds");
        for (int i = 0; i < 100; i++)
            limit.Throttled(Get, time.GetTimestamp());
        Assert.That(limit.LimitOf(Get), Is.EqualTo(1), "never none");
        for (int i = 0; i < 10_000; i++)
            limit.Answered(Get);
        Assert.That(limit.LimitOf(Get), Is.EqualTo(64));
    }

    [Test, CancelAfter(10_000)]
    public async Task Kinds_have_limits_of_their_own_and_the_connections_together(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        await using var limit = new ConcurrencyLimit(4, time);
        limit.Throttled(List, time.GetTimestamp());
        limit.Throttled(List, time.GetTimestamp());
        await Enter(List);
        Task secondList = Enter(List);
        await Enter(Get);
        await Enter(Get);
        await Enter(Get);
        Task fourthGet = Enter(Get);
        Assert.That((secondList.IsCompleted, fourthGet.IsCompleted), Is.EqualTo((false, false)));
        limit.Leave(Get);
        await fourthGet.WaitAsync(cancellationToken);
        Assert.That(secondList.IsCompleted, Is.False, "its kind has no room");
        limit.Leave(List);
        await secondList.WaitAsync(cancellationToken);
        for (int i = 0; i < 3; i++)
            limit.Leave(Get);
        limit.Leave(List);

        Task Enter(S3OperationKind kind) => limit.EnterAsync(new WaitingOperation(kind), isAgain: false, _patience, cancellationToken).AsTask();
    }

    [Test, CancelAfter(10_000)]
    public async Task Who_comes_back_goes_first_and_the_others_in_turn(CancellationToken cancellationToken)
    {
        await using var limit = new ConcurrencyLimit(1, new FakeTimeProvider());
        await limit.EnterAsync(new WaitingOperation(Get), isAgain: false, _patience, cancellationToken);
        Task list = limit.EnterAsync(new WaitingOperation(List), isAgain: false, _patience, cancellationToken).AsTask();
        Task get = limit.EnterAsync(new WaitingOperation(Get), isAgain: false, _patience, cancellationToken).AsTask();
        Task again = limit.EnterAsync(new WaitingOperation(Get), isAgain: true, _patience, cancellationToken).AsTask();
        (Task Turn, S3OperationKind Kind)[] turns = [(again, Get), (list, List), (get, Get)];
        S3OperationKind inside = Get;
        for (int i = 0; i < turns.Length; i++)
        {
            Assert.That(turns[i..].Select(turn => turn.Turn.IsCompleted), Has.All.False);
            limit.Leave(inside);
            await turns[i].Turn.WaitAsync(cancellationToken);
            inside = turns[i].Kind;
        }
        limit.Leave(inside);
    }

    [Test, CancelAfter(10_000)]
    public async Task What_somebody_waits_for_goes_before_what_nobody_does(CancellationToken cancellationToken)
    {
        await using var limit = new ConcurrencyLimit(1, new FakeTimeProvider());
        await Enter(new WaitingOperation(Get));
        WaitingOperation[] ahead = [.. Enumerable.Range(0, 3).Select(_ => new WaitingOperation(Get) { Wanted = false })];
        WaitingOperation[] readers = [.. Enumerable.Range(0, 4).Select(_ => new WaitingOperation(Get))];
        List<(WaitingOperation Operation, Task Turn)> waiting = [.. ahead.Concat(readers).Select(operation => (operation, Enter(operation)))];
        // A reader has come to what was only read ahead.
        ahead[2].Wanted = true;
        List<WaitingOperation> order = [];
        while (waiting.Count > 0)
        {
            limit.Leave(Get);
            Task turn = await Task.WhenAny(waiting.Select(one => one.Turn)).WaitAsync(cancellationToken);
            order.Add(waiting.Find(one => one.Turn == turn).Operation);
            waiting.RemoveAll(one => one.Turn == turn);
        }
        limit.Leave(Get);
        Assert.That(order, Is.EqualTo(new[] { ahead[2], readers[0], readers[1], ahead[0], readers[2], readers[3], ahead[1] }), "each fourth goes in its turn");

        Task Enter(S3Operation operation) => limit.EnterAsync(operation, isAgain: false, _patience, cancellationToken).AsTask();
    }

    [Test, CancelAfter(10_000)]
    public async Task Who_is_cancelled_or_closed_out_holds_nothing(CancellationToken cancellationToken)
    {
        var limit = new ConcurrencyLimit(1, new FakeTimeProvider());
        await limit.EnterAsync(new WaitingOperation(Get), isAgain: false, _patience, cancellationToken);
        using var caller = new CancellationTokenSource();
        Task cancelled = limit.EnterAsync(new WaitingOperation(Get), isAgain: false, _patience, caller.Token).AsTask();
        Task closedOut = limit.EnterAsync(new WaitingOperation(Get), isAgain: false, _patience, cancellationToken).AsTask();
        await caller.CancelAsync();
        Assert.That(async () => await cancelled, Throws.InstanceOf<OperationCanceledException>());
        Task closed = limit.DisposeAsync().AsTask();
        Assert.That(async () => await closedOut, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(async () => await limit.EnterAsync(new WaitingOperation(Get), isAgain: false, _patience, cancellationToken), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(closed.IsCompleted, Is.False);
        limit.Leave(Get);
        await closed.WaitAsync(cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_store_with_a_capacity_is_used_to_it_and_not_hammered(CancellationToken cancellationToken)
    {
        const int Capacity = 10;
        var time = new FakeTimeProvider();
        var handler = new CapacityHandler(time, TimeSpan.FromMilliseconds(20)) { Capacity = int.MaxValue };
        await using S3ObjectStore store = await S3ObjectStore.OpenWithAsync(
            Stores.Options("http://127.0.0.1:1"), Stores.Services with { TimeProvider = time, HttpHandler = handler, Random = new Random(1) }, cancellationToken);
        handler.Capacity = Capacity;
        var refused = new List<double>();
        var answered = new List<double>();
        FakeWorld.Run(time, async () =>
        {
            using var end = new CancellationTokenSource();
            Task[] readers = [.. Enumerable.Range(0, 200).Select(_ => ListOnAsync(end.Token))];
            for (int second = 0; second < 60; second++)
            {
                if (second == 40)
                    handler.Capacity = int.MaxValue;
                (int answeredBefore, int refusedBefore) = (handler.Answered, handler.Refused);
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
                answered.Add(handler.Answered - answeredBefore);
                refused.Add(handler.Refused - refusedBefore);
            }
            end.Cancel();
            await Task.WhenAll(readers);
        });
        // 10 at once of 20 ms each are 500 a second; the saw's teeth stand between 7 and 10.
        Assert.That(answered[10..40].Average(), Is.GreaterThanOrEqualTo(500 * 0.8));
        Assert.That(refused[10..40].Sum(), Is.LessThan(answered[10..40].Sum() * 0.05));
        Assert.That(answered[55..].Average(), Is.GreaterThanOrEqualTo(64 * 50 * 0.95), "full speed again");

        async Task ListOnAsync(CancellationToken end)
        {
            while (!end.IsCancellationRequested)
                await store.ListPageAsync(new ListPageRequest { Prefix = new ObjectKey("p/") }, cancellationToken);
        }
    }

    /// <summary>Refuses at once what is more than its capacity, and takes a while for the rest.</summary>
    private sealed class CapacityHandler(TimeProvider time, TimeSpan latency) : HttpMessageHandler
    {
        private int _underWay;

        public int Capacity { get; set; }

        public int Answered { get; private set; }

        public int Refused { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Capacity == int.MaxValue && SynchronizationContext.Current is null)
                return StubHandler.EmptyPage();
            if (_underWay >= Capacity)
            {
                Refused++;
                return StubHandler.Error(HttpStatusCode.ServiceUnavailable, "SlowDown");
            }
            _underWay++;
            await FakeDelay.For(latency, time, cancellationToken);
            _underWay--;
            Answered++;
            return StubHandler.EmptyPage();
        }
    }
}
