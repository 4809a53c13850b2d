using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.Testing.Tests.S3Server;

/// <summary>Which requests a rule takes: at random, so many at once, above a capacity.</summary>
public sealed class RandomFaultTests
{
    private readonly FakeTimeProvider _time = new();
    private ServerClient _client = null!;

    [SetUp]
    public async Task Start()
    {
        _client = await ServerClient.StartAsync(new S3ServerOptions { TimeProvider = _time });
        _client.Bucket.PutRamp("ramp", 1000);
    }

    [TearDown]
    public async Task Stop() => await _client.DisposeAsync();

    [Test, CancelAfter(20_000)]
    public async Task A_seed_draws_the_same_requests_again_and_another_seed_others(CancellationToken cancellationToken)
    {
        const int Requests = 400;
        string first = await DrawAsync(7, Requests, cancellationToken);
        Assert.That(await DrawAsync(7, Requests, cancellationToken), Is.EqualTo(first));
        Assert.That(await DrawAsync(8, Requests, cancellationToken), Is.Not.EqualTo(first));
        // Ten standard deviations of 400 draws with 1 in 4 are 87.
        Assert.That(first.Count(outcome => outcome == 'x'), Is.InRange(100 - 87, 100 + 87));
    }

    [Test, CancelAfter(10_000)]
    public async Task No_more_are_taken_at_once_than_the_rule_says(CancellationToken cancellationToken)
    {
        using var gate = new Gate();
        ActiveFault fault = _client.Server.Faults.Add(new FaultRule { Times = FaultRule.Always, AtOnce = 1, Effect = new StallFault(10) { Gate = gate } });
        using HttpResponseMessage held = await _client.GetAsync("/ramp", cancellationToken);
        await gate.WaitForArrivalsAsync(1, cancellationToken);
        await AssertWholeAsync(cancellationToken);
        Assert.That(fault.Taken, Is.EqualTo(1));
        gate.Release();
        Assert.That(await held.Content.ReadAsByteArrayAsync(cancellationToken), Is.EqualTo(Ramp.Create(1000)));
        // The server learns a moment later than the client that all has been sent.
        while (fault.Taken == 1)
        {
            cancellationToken.ThrowIfCancellationRequested();
            gate.Release();
            await AssertWholeAsync(cancellationToken);
        }
        Assert.That(fault.Taken, Is.EqualTo(2));
    }

    [Test, CancelAfter(10_000)]
    public async Task What_is_above_the_capacity_of_a_second_is_refused_until_time_has_passed(CancellationToken cancellationToken)
    {
        AnswerFault slowDown = AnswerFault.SlowDown with { Headers = new Dictionary<string, string> { ["Retry-After"] = "2" } };
        ActiveFault fault = _client.Server.Faults.Add(new FaultRule { Above = new FaultCapacity { PerSecond = 3 }, Times = FaultRule.Always, Effect = slowDown });
        Assert.That(await OutcomesAsync(5, cancellationToken), Is.EqualTo("...xx"));
        _time.Advance(TimeSpan.FromSeconds(0.67));
        Assert.That(await OutcomesAsync(3, cancellationToken), Is.EqualTo("..x"));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.That(await OutcomesAsync(4, cancellationToken), Is.EqualTo("...x"));
        Assert.That(fault.Taken, Is.EqualTo(4));
        using HttpResponseMessage refused = await _client.GetAsync("/ramp", cancellationToken);
        Assert.That(refused.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromSeconds(2)));
    }

    [Test, CancelAfter(10_000)]
    public async Task What_is_above_the_capacity_at_once_is_refused(CancellationToken cancellationToken)
    {
        using var gate = new Gate();
        _client.Server.Faults.Next(S3Operation.GetObject, new StallFault(10) { Gate = gate }, times: 2);
        _client.Server.Faults.Add(new FaultRule { Above = new FaultCapacity { AtOnce = 2 }, Times = FaultRule.Always, Effect = AnswerFault.SlowDown });
        using HttpResponseMessage first = await _client.GetAsync("/ramp", cancellationToken);
        using HttpResponseMessage second = await _client.GetAsync("/ramp", cancellationToken);
        await gate.WaitForArrivalsAsync(2, cancellationToken);
        Assert.That(await OutcomesAsync(3, cancellationToken), Is.EqualTo("xxx"));
        gate.Open();
        await first.Content.ReadAsByteArrayAsync(cancellationToken);
        await second.Content.ReadAsByteArrayAsync(cancellationToken);
        while (await OutcomesAsync(1, cancellationToken) != ".")
            cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<string> DrawAsync(int seed, int requests, CancellationToken cancellationToken)
    {
        ActiveFault fault = _client.Server.Faults.Sometimes(S3Operation.GetObject, AnswerFault.SlowDown, 0.25, seed);
        string outcomes = await OutcomesAsync(requests, cancellationToken);
        Assert.That(fault.Taken, Is.EqualTo(outcomes.Count(outcome => outcome == 'x')));
        _client.Server.Faults.Remove(fault);
        return outcomes;
    }

    // A dot for each that was served, an x for each that was not.
    private async Task<string> OutcomesAsync(int requests, CancellationToken cancellationToken)
    {
        string outcomes = "";
        for (int i = 0; i < requests; i++)
        {
            using HttpResponseMessage response = await _client.GetAsync("/ramp", cancellationToken);
            outcomes += response.IsSuccessStatusCode ? '.' : 'x';
        }
        return outcomes;
    }

    private async Task AssertWholeAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _client.GetAsync("/ramp", cancellationToken);
        Assert.That(await response.Content.ReadAsByteArrayAsync(cancellationToken), Is.EqualTo(Ramp.Create(1000)));
    }
}
