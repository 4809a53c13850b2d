using System.Net;
using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;
using S3Mount.Testing;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>A store that is gone for minutes while many wait for it.</summary>
internal sealed class OutageTests
{
    private static readonly ListPageRequest _list = new() { Prefix = new ObjectKey("p/") };

    [Test, CancelAfter(30_000)]
    public async Task A_store_that_is_gone_is_not_hammered_and_all_go_on_when_it_is_back(CancellationToken cancellationToken)
    {
        const int Waiters = 500;
        var time = new FakeTimeProvider();
        DateTimeOffset start = time.GetUtcNow();
        DateTimeOffset back = start + TimeSpan.FromMinutes(10);
        var asked = new List<TimeSpan>();
        var handler = new StubHandler((_, index) =>
        {
            lock (asked)
                asked.Add(time.GetUtcNow() - start);
            return index == 0 || time.GetUtcNow() >= back ? StubHandler.EmptyPage() : throw new HttpRequestException(HttpRequestError.ConnectionError, "refused");
        });
        await using S3ObjectStore store = await OpenAsync(handler, time, Timeout.InfiniteTimeSpan, cancellationToken);
        Task[] lists = [];
        bool wasProbed = false;
        FakeWorld.Run(time, async () =>
        {
            lists = [.. Enumerable.Range(0, Waiters).Select(_ => store.ListPageAsync(_list, cancellationToken).AsTask())];
            await Task.Delay(TimeSpan.FromMinutes(9), time, cancellationToken);
            wasProbed = store.Health.IsProbed;
            await Task.WhenAll(lists);
        });
        Assert.That(wasProbed, Is.True);
        // The first tries, what was saved, and a probe every ten seconds or less: 5 to 10 s once they are few.
        int meanwhile = asked.Count(at => at < back - start);
        Assert.That(meanwhile, Is.LessThanOrEqualTo(1 + Waiters + 100 + 130));
        Assert.That(asked.Count(at => at > TimeSpan.FromMinutes(1) && at < back - start), Is.InRange(54, 110), "nine minutes");
        Assert.That(lists, Has.All.Property(nameof(Task.IsCompletedSuccessfully)).True);
        // The next probe finds it, and nobody waits any longer than for that.
        Assert.That(time.GetUtcNow() - back, Is.LessThanOrEqualTo(TimeSpan.FromSeconds(11)));
        Assert.That(store.Health.IsProbed, Is.False);
        Assert.That(asked, Has.Count.EqualTo(meanwhile + Waiters));
    }

    [Test, CancelAfter(30_000)]
    public async Task Who_waits_for_a_store_that_stays_away_fails_at_the_deadline_with_its_reason(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        DateTimeOffset start = time.GetUtcNow();
        var handler = new StubHandler((_, index) => index == 0 ? StubHandler.EmptyPage() : StubHandler.Error(HttpStatusCode.ServiceUnavailable, "SlowDown"));
        await using S3ObjectStore store = await OpenAsync(handler, time, TimeSpan.FromMinutes(5), cancellationToken);
        Task[] lists = [];
        FakeWorld.Run(time, () => Task.WhenAny(Task.WhenAll(lists = [.. Enumerable.Range(0, 200).Select(_ => store.ListPageAsync(_list, cancellationToken).AsTask())])));
        Assert.That(time.GetUtcNow() - start, Is.InRange(TimeSpan.FromSeconds(299), TimeSpan.FromSeconds(300)));
        foreach (Task list in lists)
            Assert.That(list.Exception!.InnerException, Is.InstanceOf<ObjectStoreException>().With.Property("Code").EqualTo("SlowDown"));
    }

    [Test, CancelAfter(10_000)]
    public async Task An_empty_budget_waits_and_every_answer_fills_it(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var budget = new RetryBudget(time, new Random(1));
        for (int i = 0; i < 100; i++)
            Assert.That(await budget.EnterAsync(TimeSpan.Zero, cancellationToken), Is.True);
        // The first to find it empty probes, and whoever comes then waits.
        Assert.That(await budget.EnterAsync(TimeSpan.Zero, cancellationToken), Is.True);
        Assert.That(await budget.EnterAsync(TimeSpan.Zero, cancellationToken), Is.False);
        Task<bool> waiting = budget.EnterAsync(TimeSpan.FromSeconds(1), cancellationToken).AsTask();
        Assert.That((waiting.IsCompleted, budget.IsSpent), Is.EqualTo((false, true)));
        budget.Answered();
        Assert.That(await waiting, Is.True);
        Assert.That(budget.IsSpent, Is.False);
        for (int i = 0; i < 4; i++)
            budget.Answered();
        Assert.That(await budget.EnterAsync(TimeSpan.Zero, cancellationToken), Is.True, "five answers are worth one retry");
        Task<bool> impatient = budget.EnterAsync(TimeSpan.FromMilliseconds(100), cancellationToken).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.That(await impatient, Is.False);
    }

    [Test, CancelAfter(10_000)]
    public async Task A_wait_for_a_store_that_is_gone_can_be_cancelled(CancellationToken cancellationToken)
    {
        var budget = new RetryBudget(new FakeTimeProvider(), new Random(1));
        for (int i = 0; i < 101; i++)
            await budget.EnterAsync(Timeout.InfiniteTimeSpan, cancellationToken);
        using var caller = new CancellationTokenSource();
        Task<bool> waiting = budget.EnterAsync(Timeout.InfiniteTimeSpan, caller.Token).AsTask();
        await caller.CancelAsync();
        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test, CancelAfter(10_000)]
    public async Task Nobody_waits_for_a_store_that_is_closed(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var handler = new StubHandler((_, index) => index == 0 ? StubHandler.EmptyPage() : throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
        S3ObjectStore store = await OpenAsync(handler, time, Timeout.InfiniteTimeSpan, cancellationToken);
        Task[] lists = [];
        FakeWorld.Run(time, async () =>
        {
            lists = [.. Enumerable.Range(0, 120).Select(_ => store.ListPageAsync(_list, cancellationToken).AsTask())];
            await Task.Delay(TimeSpan.FromMinutes(5), time, cancellationToken);
            Assert.That(store.Health.IsProbed, Is.True);
            await store.DisposeAsync();
            await Task.WhenAny(Task.WhenAll(lists));
        });
        Assert.That(lists.Select(list => list.Exception?.InnerException), Has.All.InstanceOf<ObjectDisposedException>());
    }

    private static Task<S3ObjectStore> OpenAsync(HttpMessageHandler handler, FakeTimeProvider time, TimeSpan deadline, CancellationToken cancellationToken) => S3ObjectStore.OpenWithAsync(
        Stores.Options("http://127.0.0.1:1") with { IoDeadline = deadline },
        Stores.Services with { TimeProvider = time, HttpHandler = handler, Random = new Random(1) },
        cancellationToken);
}
