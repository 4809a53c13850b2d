using S3Mount.FileSystem.Caching.Disk;

namespace S3Mount.FileSystem.Tests.Caching.Disk;

[CancelAfter(30_000)]
public sealed class WriteQueueTests
{
    private readonly WriteQueue _queue = new();

    [Test]
    public void What_is_there_is_handed_out_in_order_and_a_batch_at_a_time()
    {
        for (int i = 0; i < 10; i++)
            Assert.That(_queue.TryAdd(Of(WriteQueue.BatchSize / 4, i)), Is.True);
        Assert.That(Take(), Is.EqualTo((int[])[0, 1, 2, 3]));
        Assert.That(Take(), Is.EqualTo((int[])[4, 5, 6, 7]));
        Assert.That(_queue.TryTake(out WaitingBlock one), Is.True);
        Assert.That(one.From, Is.EqualTo(8));
        Assert.That(Take(), Is.EqualTo((int[])[9]), "what is no batch is not held back for ever");
        Assert.That(_queue.TryTake(out _), Is.False);
    }

    [Test]
    public void What_was_warmed_and_is_no_batch_is_not_held_back_for_ever()
    {
        _queue.TryAdd(Warmed(1, 3));
        Assert.That(Take(), Is.EqualTo((int[])[3]));
    }

    [Test]
    public async Task What_was_warmed_waits_for_a_batch_or_for_what_a_reader_has_fetched(CancellationToken cancellationToken)
    {
        var queue = new WriteQueue(gathering: Timeout.InfiniteTimeSpan);
        var batch = new List<WaitingBlock>();
        Assert.That(queue.TryAdd(Warmed(1, 0)), Is.True);
        Task<bool> taking = StartTaking(queue, batch, cancellationToken);
        queue.TryAdd(Warmed(1, 1));
        Assert.That(taking.IsCompleted, Is.False, "nothing says that there will be no more");
        queue.TryAdd(Of(1, 2));
        Assert.That(await taking.WaitAsync(cancellationToken), Is.True);
        Assert.That(batch.Select(waiting => waiting.From), Is.EqualTo((int[])[0, 1, 2]), "it would be fetched again until it is written");
        batch.Clear();
        taking = StartTaking(queue, batch, cancellationToken);
        for (int i = 0; i < 4; i++)
            queue.TryAdd(Warmed(WriteQueue.BatchSize / 4, i));
        Assert.That(await taking.WaitAsync(cancellationToken), Is.True);
    }

    [Test]
    public void One_that_is_larger_than_a_batch_goes_alone()
    {
        _queue.TryAdd(Of(WriteQueue.BatchSize * 16, 0));
        _queue.TryAdd(Of(1, 1));
        Assert.That(Take(), Is.EqualTo((int[])[0]));
        Assert.That(Take(), Is.EqualTo((int[])[1]));
    }

    [Test]
    public async Task Who_waits_goes_on_with_the_first_that_comes_even_one_of_no_bytes(CancellationToken cancellationToken)
    {
        Task<int[]> taking = Task.Factory.StartNew(Take, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _queue.TryAdd(Of(0, 7));
        Assert.That(await taking.WaitAsync(cancellationToken), Is.EqualTo((int[])[7]));
    }

    [Test]
    public async Task When_it_has_ended_what_is_there_is_still_handed_out_and_nothing_is_taken_in(CancellationToken cancellationToken)
    {
        _queue.TryAdd(Of(1, 0));
        _queue.End();
        Assert.That(_queue.TryAdd(Of(1, 1)), Is.False);
        Assert.That(Take(), Is.EqualTo((int[])[0]));
        Assert.That(_queue.Take([]), Is.False);
        var other = new WriteQueue();
        Task<bool> waiting = StartTaking(other, [], cancellationToken);
        other.End();
        Assert.That(await waiting.WaitAsync(cancellationToken), Is.False, "who waits is told");
    }

    private static Task<bool> StartTaking(WriteQueue queue, List<WaitingBlock> batch, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => queue.Take(batch), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static WaitingBlock Warmed(int length, int number) => Of(length, number) with { Written = new TaskCompletionSource<bool>() };

    // Told apart by where they begin.
    private static WaitingBlock Of(int length, int number) => new(default, null, number, length);

    private int[] Take()
    {
        var batch = new List<WaitingBlock>();
        Assert.That(_queue.Take(batch), Is.True);
        return [.. batch.Select(waiting => waiting.From)];
    }
}
