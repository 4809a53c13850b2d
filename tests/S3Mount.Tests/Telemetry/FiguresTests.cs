using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;
using S3Mount.ObjectStore.S3;
using S3Mount.Telemetry;
using S3Mount.Testing;

namespace S3Mount.Tests.Telemetry;

/// <summary>What a session and a store tell, as it is asked for.</summary>
[TestFixture]
public sealed class FiguresTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    public void The_kernels_requests_are_told_apart_by_operation_and_errno()
    {
        var kernel = new KernelFigures(_time);
        kernel.Answered(new() { Opcode = FuseOpcode.Lookup, Elapsed = TimeSpan.FromMilliseconds(1), Error = 0 });
        kernel.Answered(new() { Opcode = FuseOpcode.Lookup, Elapsed = TimeSpan.FromMilliseconds(1), Error = Errno.ENOENT });
        Assert.That(kernel.LastError, Is.Null, "a name that is not there is everyday");
        kernel.Answered(new() { Opcode = FuseOpcode.Read, Elapsed = TimeSpan.FromMilliseconds(2), Error = Errno.EIO });
        DateTimeOffset failedAt = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(5));
        kernel.Answered(new() { Opcode = FuseOpcode.GetXattr, Elapsed = TimeSpan.FromMilliseconds(1), Error = Errno.ENODATA });
        kernel.Answered(new() { Opcode = (FuseOpcode)1000, Elapsed = TimeSpan.FromMilliseconds(1), Error = Errno.ENOSYS });
        Dictionary<string, long> counts = kernel.Latencies.ToDictionary(latency => latency.Key, latency => latency.Value.Count);
        Assert.That((counts["LOOKUP"], counts["READ"], counts["GETXATTR"]), Is.EqualTo((2L, 1L, 1L)));
        Assert.That(counts["READDIR"], Is.Zero, "shown before there was one");
        Assert.That(kernel.Errors, Does.Contain(new FailureCount("LOOKUP", "ENOENT", 1)).And.Contain(new FailureCount("READ", "EIO", 1)));
        Assert.That(kernel.LastError, Is.EqualTo(new FailureMoment(failedAt, "READ", "EIO", null)));
    }

    [Test]
    public void The_stores_answers_failures_and_waits_are_told_apart()
    {
        var store = new StoreFigures(_time);
        store.Began(S3OperationKind.Get, TimeSpan.FromMilliseconds(20));
        store.Ended(S3OperationKind.Get, TimeSpan.FromMilliseconds(40));
        store.Failed(S3OperationKind.List, S3FailureCause.Throttled, "503 SlowDown");
        store.Failed(S3OperationKind.List, S3FailureCause.Throttled, "503 SlowDown");
        store.Failed(S3OperationKind.Get, S3FailureCause.TimedOut, "nothing came in time");
        store.Waited(S3WaitCause.Retry, TimeSpan.FromSeconds(3));
        store.Waited(S3WaitCause.Retry, TimeSpan.FromSeconds(4));
        Assert.That(store.FirstBytes.Select(latency => (latency.Key, latency.Value.Sum.TotalMilliseconds)), Is.EqualTo(((string, double)[])[("GET", 20), ("HEAD", 0), ("LIST", 0)]));
        Assert.That(store.Durations[0].Value.Sum.TotalMilliseconds, Is.EqualTo(40));
        Assert.That(store.Failures, Is.EqualTo((FailureCount[])[new("GET", "timed out", 1), new("LIST", "throttled", 2)]));
        Assert.That(store.LastFailure, Is.EqualTo(new FailureMoment(_time.GetUtcNow(), "GET", "timed out", "nothing came in time")));
        Assert.That((store.WaitedFor(S3WaitCause.Retry), store.WaitedFor(S3WaitCause.Connection)), Is.EqualTo((TimeSpan.FromSeconds(7), TimeSpan.Zero)));
    }

    [Test]
    public void Rates_are_those_of_the_last_ten_seconds()
    {
        long read = 0;
        using var meter = new ThroughputMeter(() => new Totals(read, 2 * read, 3 * read, 4 * read), _time);
        Assert.That(meter.Now(), Is.EqualTo(new ThroughputFigures(0, 0, 0, 0, 0)));
        for (int i = 0; i < 30; i++)
        {
            read += i < 15 ? 1000 : 10;
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.That(meter.Now(), Is.EqualTo(new ThroughputFigures(10, 10, 20, 30, 40)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(meter.Now().Seconds, Is.EqualTo(11));
    }

    [Test]
    public void Costs_are_requests_and_bytes_times_their_prices()
    {
        var store = new ObjectStore.ObjectStoreStatistics(Gets: 9_000, Heads: 1_000, Lists: 2_000, Retries: 17, BytesRead: 3_000_000_000);
        Assert.That(new Prices(0.0004m, 0.005m, 0.09m).CostOf(store), Is.EqualTo(new CostFigures(0.004m, 0.01m, 0.27m, 0.284m)));
        Assert.That(new Prices(null, 0.005m, null).CostOf(store), Is.EqualTo(new CostFigures(null, 0.01m, null, 0.01m)));
    }
}
