using S3Mount.Hosting;
using S3Mount.Testing;

namespace S3Mount.Tests.Hosting;

/// <summary>A mount that is told to stop has so much time, and no more.</summary>
[CancelAfter(30_000)]
public sealed class StopTests
{
    [Test]
    public void What_a_step_may_take_is_what_the_others_leave()
    {
        var clock = new FakeTimeProvider();
        var budget = new StopBudget(clock);
        TimeSpan ten = TimeSpan.FromSeconds(10), three = TimeSpan.FromSeconds(3);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.That(budget.Left(ten, three), Is.EqualTo(ten), "nobody has told it to stop");
        budget.Begin();
        clock.Advance(TimeSpan.FromSeconds(2));
        budget.Begin();
        Assert.That(budget.Left(ten), Is.EqualTo(StopBudget.Total - TimeSpan.FromSeconds(2)), "the first signal counts");
        Assert.That(budget.Left(ten, three), Is.EqualTo(StopBudget.Total - TimeSpan.FromSeconds(5)));
        Assert.That(budget.Left(TimeSpan.FromSeconds(1)), Is.EqualTo(TimeSpan.FromSeconds(1)));
        clock.Advance(ten);
        Assert.That(budget.Left(ten), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task A_mount_that_does_not_end_is_ended(CancellationToken cancellationToken)
    {
        using var stopping = new CancellationTokenSource();
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var exit = new LastExit(TimeSpan.FromMilliseconds(1), exited.SetResult, stopping.Token);
        Assert.That(exited.Task.IsCompleted, Is.False);
        await stopping.CancelAsync();
        await exited.Task.WaitAsync(cancellationToken);
    }

    [Test]
    public async Task A_mount_that_ends_in_order_is_not_ended()
    {
        using var stopping = new CancellationTokenSource();
        bool hasExited = false;
        var exit = new LastExit(TimeSpan.FromMinutes(1), () => hasExited = true, stopping.Token);
        await stopping.CancelAsync();
        exit.Dispose();
        bool isGone = SpinWait.SpinUntil(() => !Directory.GetDirectories("/proc/self/task").Any(thread => NameOf(thread) == "last-exit"), TimeSpan.FromSeconds(20));
        Assert.That(isGone, Is.True, "nobody waits any more");
        Assert.That(hasExited, Is.False);
    }

    private static string NameOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
