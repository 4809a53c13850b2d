namespace S3Mount.Testing.Tests;

public sealed class GateTests
{
    [Test, CancelAfter(10_000)]
    public async Task A_gate_holds_until_it_is_opened(CancellationToken cancellationToken)
    {
        using var gate = new Gate();
        Task first = gate.PassAsync(cancellationToken).AsTask();
        Task second = gate.PassAsync(cancellationToken).AsTask();
        await gate.WaitForArrivalsAsync(2, cancellationToken);
        Assert.That((first.IsCompleted, second.IsCompleted, gate.Waiting), Is.EqualTo((false, false, 2)));
        gate.Release();
        await first;
        Assert.That(second.IsCompleted, Is.False);
        gate.Open();
        await second;
        await gate.PassAsync(cancellationToken);
        Assert.That((gate.Arrivals, gate.Waiting), Is.EqualTo((3, 0)));
    }

    [Test, CancelAfter(10_000)]
    public async Task Who_gives_up_waiting_takes_no_permit(CancellationToken cancellationToken)
    {
        using var gate = new Gate();
        using var impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task gone = gate.PassAsync(impatience.Token).AsTask();
        await impatience.CancelAsync();
        Assert.That(async () => await gone, Throws.InstanceOf<OperationCanceledException>());
        gate.Release();
        await gate.PassAsync(cancellationToken);
        Assert.That(gate.Waiting, Is.Zero);
    }

    [Test, CancelAfter(10_000)]
    public async Task Arrivals_can_be_waited_for(CancellationToken cancellationToken)
    {
        using var gate = new Gate();
        Task arrived = gate.WaitForArrivalsAsync(1, cancellationToken);
        Assert.That(arrived.IsCompleted, Is.False);
        Task held = gate.PassAsync(cancellationToken).AsTask();
        await arrived;
        Assert.That(held.IsCompleted, Is.False);
        gate.Open();
        await held;
    }
}
