using S3Mount.FileSystem.Caching;

namespace S3Mount.FileSystem.Tests.Caching;

public sealed class MemoryBudgetTests
{
    [Test]
    public void Bytes_are_taken_while_they_last_and_given_back()
    {
        var budget = new MemoryBudget(100);
        Assert.That(budget.TryReserve(60), Is.True);
        Assert.That(budget.TryReserve(41), Is.False);
        Assert.That(budget.TryReserve(40), Is.True);
        Assert.That(budget.Used, Is.EqualTo(100));
        budget.Release(60);
        Assert.That(budget.Used, Is.EqualTo(40));
        Assert.That(budget.TryReserve(60), Is.True);
    }

    [Test, CancelAfter(10_000)]
    public async Task Who_waits_is_served_in_order_even_where_a_later_one_would_fit(CancellationToken cancellationToken)
    {
        var budget = new MemoryBudget(100);
        budget.TryReserve(90);
        Task large = budget.ReserveAsync(50, cancellationToken);
        Task small = budget.ReserveAsync(10, cancellationToken);
        Assert.That((large.IsCompleted, small.IsCompleted, budget.HasWaiters), Is.EqualTo((false, false, true)));
        budget.Release(39);
        Assert.That((large.IsCompleted, small.IsCompleted), Is.EqualTo((false, false)));
        budget.Release(1);
        await large;
        Assert.That((small.IsCompleted, budget.Used), Is.EqualTo((false, 100)));
        budget.Release(50);
        await small;
        Assert.That((budget.Used, budget.HasWaiters), Is.EqualTo((60, false)));
    }

    [Test, CancelAfter(10_000)]
    public async Task Nobody_overtakes_those_who_wait(CancellationToken cancellationToken)
    {
        var budget = new MemoryBudget(100);
        budget.TryReserve(90);
        Task waiting = budget.ReserveAsync(20, cancellationToken);
        Assert.That(budget.TryReserve(1), Is.False);
        budget.Release(90);
        await waiting;
        Assert.That(budget.TryReserve(80), Is.True);
    }

    [Test, CancelAfter(10_000)]
    public async Task One_release_serves_all_that_now_fit(CancellationToken cancellationToken)
    {
        var budget = new MemoryBudget(100);
        budget.TryReserve(100);
        Task[] waiting = [.. Enumerable.Range(0, 5).Select(_ => budget.ReserveAsync(20, cancellationToken))];
        budget.Release(100);
        await Task.WhenAll(waiting);
        Assert.That(budget.Used, Is.EqualTo(100));
    }

    [Test]
    public void More_than_the_whole_budget_is_refused_rather_than_waited_for()
    {
        var budget = new MemoryBudget(100);
        Assert.That(async () => await budget.ReserveAsync(101, CancellationToken.None), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That((budget.Used, budget.HasWaiters), Is.EqualTo((0, false)));
    }

    [Test, CancelAfter(10_000)]
    public async Task Who_gives_up_takes_nothing_and_lets_the_next_in(CancellationToken cancellationToken)
    {
        var budget = new MemoryBudget(100);
        budget.TryReserve(80);
        using var impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task first = budget.ReserveAsync(100, impatience.Token);
        Task second = budget.ReserveAsync(20, cancellationToken);
        Assert.That(second.IsCompleted, Is.False);
        await impatience.CancelAsync();
        Assert.That(async () => await first, Throws.InstanceOf<OperationCanceledException>());
        await second;
        Assert.That((budget.Used, budget.HasWaiters), Is.EqualTo((100, false)));
    }

    [Test, CancelAfter(10_000)]
    public async Task Who_has_given_up_before_asking_takes_nothing(CancellationToken cancellationToken)
    {
        var budget = new MemoryBudget(100);
        budget.TryReserve(100);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await cancelled.CancelAsync();
        Assert.That(async () => await budget.ReserveAsync(10, cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
        budget.Release(100);
        Assert.That((budget.Used, budget.HasWaiters), Is.EqualTo((0, false)));
    }

    [Test, CancelAfter(60_000)]
    public async Task No_byte_is_lost_or_given_twice_under_load(CancellationToken cancellationToken)
    {
        const int Workers = 8;
        const int Rounds = 4000;
        var budget = new MemoryBudget(1000);
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long held = 0;
        long most = 0;
        int cancelledWaits = 0;

        async Task WorkAsync(int seed)
        {
            var random = new Random(seed);
            await start.Task.WaitAsync(cancellationToken);
            for (int i = 0; i < Rounds; i++)
            {
                int bytes = random.Next(1, 700);
                using var impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                Task reserved = budget.ReserveAsync(bytes, impatience.Token);
                if (random.Next(3) == 0)
                    await impatience.CancelAsync();
                try
                {
                    await reserved;
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    Interlocked.Increment(ref cancelledWaits);
                    continue;
                }
                long now = Interlocked.Add(ref held, bytes);
                InterlockedMax(ref most, now);
                if (random.Next(2) == 0)
                    await Task.Yield();
                Interlocked.Add(ref held, -bytes);
                budget.Release(bytes);
            }
        }

        Task[] workers = [.. Enumerable.Range(0, Workers).Select(seed => Task.Run(() => WorkAsync(seed), cancellationToken))];
        start.SetResult();
        await Task.WhenAll(workers);
        Assert.That(most, Is.LessThanOrEqualTo(1000).And.GreaterThan(0));
        Assert.That(cancelledWaits, Is.GreaterThan(0), "the soak never cancelled a wait");
        Assert.That((budget.Used, budget.HasWaiters), Is.EqualTo((0, false)));
        Assert.That(budget.TryReserve(1000), Is.True);
    }

    private static void InterlockedMax(ref long target, long value)
    {
        long seen = Volatile.Read(ref target);
        while (value > seen)
        {
            long before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
