using S3Mount.Doctor;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.Tests.Doctor;

/// <summary>Checks that fail, hang, or are interrupted.</summary>
[TestFixture]
public sealed class DoctorRunTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    [CancelAfter(10_000)]
    public async Task What_a_check_throws_is_a_failure_with_advice(CancellationToken cancellationToken)
    {
        foreach (ObjectStoreFailure failure in Enum.GetValues<ObjectStoreFailure>())
        {
            CheckReport report = (await RunAsync(cancellationToken, new StubCheck(_ => throw new ObjectStoreException(failure, "what happened")))).Reports[0];
            Assert.That((report.Outcome, report.Detail), Is.EqualTo((CheckOutcome.Failed, "what happened")));
            Assert.That(report.Advice, Is.Not.Empty, failure.ToString());
        }
        foreach (CheckArea area in Enum.GetValues<CheckArea>())
        {
            CheckReport report = (await RunAsync(cancellationToken, new StubCheck(_ => throw new IOException("broken\npipe")) { Area = area })).Reports[0];
            Assert.That((report.Outcome, report.Detail), Is.EqualTo((CheckOutcome.Failed, "broken pipe")));
            Assert.That(report.Advice, Is.Not.Empty);
        }
    }

    [Test]
    [CancelAfter(10_000)]
    public async Task A_check_that_heeds_nothing_is_given_up_and_the_next_one_runs(CancellationToken cancellationToken)
    {
        var hanging = new TaskCompletionSource<CheckResult>();
        var run = new DoctorRun([new StubCheck(_ => hanging.Task), new StubCheck(_ => Task.FromResult(CheckResult.Ok("fine")))], _time);
        Task ended = run.RunAsync(_ => Task.CompletedTask, cancellationToken);
        await _time.WaitForTimersAsync(1, cancellationToken);
        _time.Advance(TimeSpan.FromSeconds(15));
        await ended.WaitAsync(cancellationToken);
        Assert.That(run.Reports.Select(report => report.Detail), Is.EqualTo(new[] { "did not end within 15 s", "fine" }));
        Assert.That((run.Reports[0].Outcome, run.Reports[0].Advice, run.IsStopped), Is.EqualTo((CheckOutcome.Failed, "look for a disk or a mount that hangs (cat /proc/self/mountinfo, dmesg)", false)));
    }

    [Test]
    [CancelAfter(10_000)]
    public async Task An_interrupt_ends_it_and_leaves_what_was_found(CancellationToken cancellationToken)
    {
        using var stopping = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var run = new DoctorRun(
            [
                new StubCheck(_ => Task.FromResult(CheckResult.Ok("fine"))),
                new StubCheck(async _ =>
                {
                    begun.SetResult();
                    return await new TaskCompletionSource<CheckResult>().Task;
                }),
                new StubCheck(_ => throw new InvalidOperationException("never run")),
            ],
            _time);
        Task ended = run.RunAsync(_ => Task.CompletedTask, stopping.Token);
        await begun.Task.WaitAsync(cancellationToken);
        await stopping.CancelAsync();
        await ended.WaitAsync(cancellationToken);
        Assert.That((run.Reports.Count, run.IsStopped), Is.EqualTo((1, true)));
    }

    [Test]
    public void A_warning_or_failure_without_advice_cannot_be_made()
    {
        Assert.That(() => CheckResult.Failed("what", ""), Throws.ArgumentException);
        Assert.That(() => CheckResult.Warning("what", " "), Throws.ArgumentException);
        Assert.That(() => CheckResult.Ok(""), Throws.ArgumentException);
    }

    private async Task<DoctorRun> RunAsync(CancellationToken cancellationToken, params ICheck[] checks)
    {
        var run = new DoctorRun(checks, _time);
        await run.RunAsync(_ => Task.CompletedTask, cancellationToken);
        return run;
    }

    private sealed class StubCheck(Func<CancellationToken, Task<CheckResult>> run) : ICheck
    {
        public CheckArea Area { get; init; }

        public string Name => "stub";

        public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => run(cancellationToken);
    }
}
