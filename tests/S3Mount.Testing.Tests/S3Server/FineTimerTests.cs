using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.Tests.S3Server;

public sealed class FineTimerTests
{
    [Test, CancelAfter(20_000)]
    public async Task No_wait_ends_early_whatever_the_order_in_which_they_begin(CancellationToken cancellationToken)
    {
        long millisecond = TimeProvider.System.TimestampFrequency / 1000;
        long now = TimeProvider.System.GetTimestamp();
        long[] due = [.. Enumerable.Range(0, 400).Select(i => now + (i * 173 % 400 * millisecond / 4))];
        long[] early = await Task.WhenAll(due.Select(async timestamp =>
        {
            await Task.Yield();
            await FineTimer.WaitUntilAsync(timestamp, cancellationToken);
            return timestamp - TimeProvider.System.GetTimestamp();
        }));
        Assert.That(early, Is.All.LessThanOrEqualTo(0));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_wait_can_be_given_up(CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task wait = FineTimer.WaitUntilAsync(TimeProvider.System.GetTimestamp() + (3600 * TimeProvider.System.TimestampFrequency), giveUp.Token);
        await giveUp.CancelAsync();
        Assert.That(async () => await wait, Throws.InstanceOf<OperationCanceledException>());
    }
}
