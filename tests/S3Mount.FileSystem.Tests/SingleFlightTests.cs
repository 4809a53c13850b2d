namespace S3Mount.FileSystem.Tests;

public sealed class SingleFlightTests
{
    private readonly SingleFlight<string, int> _flights = new(failure => failure is TimeoutException);
    private int _runs;

    [Test, CancelAfter(10_000)]
    public async Task Whoever_asks_meanwhile_gets_the_same_result(CancellationToken cancellationToken)
    {
        var result = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int>[] asked = [.. Enumerable.Range(0, 5).Select(_ => _flights.RunAsync("k", () => Run(result.Task), cancellationToken))];
        result.SetResult(42);
        Assert.That(await Task.WhenAll(asked), Is.All.EqualTo(42));
        Assert.That(_runs, Is.EqualTo(1));
    }

    [Test, CancelAfter(10_000)]
    public async Task Each_key_flies_for_itself_and_again_once_it_has_landed(CancellationToken cancellationToken)
    {
        Assert.That(await _flights.RunAsync("a", () => Run(Task.FromResult(1)), cancellationToken), Is.EqualTo(1));
        Assert.That(await _flights.RunAsync("b", () => Run(Task.FromResult(2)), cancellationToken), Is.EqualTo(2));
        Assert.That(await _flights.RunAsync("a", () => Run(Task.FromResult(3)), cancellationToken), Is.EqualTo(3));
        Assert.That(_runs, Is.EqualTo(3));
    }

    [Test, CancelAfter(10_000)]
    public async Task Who_stops_waiting_stops_nobody_else(CancellationToken cancellationToken)
    {
        var result = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<int> first = _flights.RunAsync("k", () => Run(result.Task), impatience.Token);
        Task<int> second = _flights.RunAsync("k", () => Run(result.Task), cancellationToken);
        await impatience.CancelAsync();
        Assert.That(async () => await first, Throws.InstanceOf<OperationCanceledException>());
        result.SetResult(1);
        Assert.That(await second, Is.EqualTo(1));
        Assert.That(_runs, Is.EqualTo(1));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_failure_is_told_to_all_who_wait_and_then_forgotten(CancellationToken cancellationToken)
    {
        var result = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int>[] asked = [.. Enumerable.Range(0, 3).Select(_ => _flights.RunAsync("k", () => Run(result.Task), cancellationToken))];
        result.SetException(new FormatException("broken"));
        foreach (Task<int> one in asked)
            Assert.That(async () => await one, Throws.InstanceOf<FormatException>());
        Assert.That(await _flights.RunAsync("k", () => Run(Task.FromResult(7)), cancellationToken), Is.EqualTo(7));
        Assert.That(_runs, Is.EqualTo(2));
    }

    [Test, CancelAfter(10_000)]
    public async Task Who_joined_one_whose_time_was_over_waits_for_another(CancellationToken cancellationToken)
    {
        var first = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var second = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int>[] asked = [.. Enumerable.Range(0, 3).Select(_ => _flights.RunAsync("k", () => Run(_runs == 0 ? first.Task : second.Task), cancellationToken))];
        first.SetException(new TimeoutException("its time is over"));
        Assert.That(async () => await asked[0], Throws.InstanceOf<TimeoutException>(), "it was its own time");
        Assert.That(asked[1..].Select(one => one.IsCompleted), Has.All.False);
        second.SetResult(7);
        Assert.That(await Task.WhenAll(asked[1..]), Is.All.EqualTo(7));
        Assert.That(_runs, Is.EqualTo(2), "they share the other one");
    }

    [Test, CancelAfter(10_000)]
    public async Task The_second_failure_is_told(CancellationToken cancellationToken)
    {
        var first = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int> own = _flights.RunAsync("k", () => Run(first.Task), cancellationToken);
        Task<int> joined = _flights.RunAsync("k", () => Run(Task.FromException<int>(new TimeoutException("again"))), cancellationToken);
        first.SetException(new TimeoutException("its time is over"));
        Assert.That(async () => await own, Throws.InstanceOf<TimeoutException>());
        Assert.That(async () => await joined, Throws.InstanceOf<TimeoutException>().With.Message.EqualTo("again"));
        Assert.That(_runs, Is.EqualTo(2));
    }

    [Test, CancelAfter(10_000)]
    public async Task An_operation_that_throws_at_once_fails_its_caller_and_is_forgotten(CancellationToken cancellationToken)
    {
        Assert.That(async () => await _flights.RunAsync("k", () => throw new FormatException(), cancellationToken), Throws.InstanceOf<FormatException>());
        Assert.That(await _flights.RunAsync("k", () => Run(Task.FromResult(7)), cancellationToken), Is.EqualTo(7));
    }

    private Task<int> Run(Task<int> result)
    {
        Interlocked.Increment(ref _runs);
        return result;
    }
}
