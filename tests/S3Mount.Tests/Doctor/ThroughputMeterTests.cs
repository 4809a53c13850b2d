using S3Mount.Doctor.Speed;
using S3Mount.Doctor.Store;
using S3Mount.ObjectStore;

namespace S3Mount.Tests.Doctor;

/// <summary>The measurement itself, against a store in memory: what it fetches, and how it ends. How well it measures, <see cref="DoctorProgramTests"/> show.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class ThroughputMeterTests
{
    private const int Range = 64 << 10;

    private static readonly ThroughputOptions _options = new()
    {
        Step = TimeSpan.FromMilliseconds(50),
        WarmUp = TimeSpan.FromMilliseconds(10),
        Grace = TimeSpan.FromMilliseconds(100),
        Range = Range,
        Connections = [1, 2, 4, 8],
    };

    [Test]
    public async Task No_more_is_fetched_than_was_allowed_and_what_is_under_way(CancellationToken cancellationToken)
    {
        var rig = new StoreRig();
        SampleRanges ranges = Ranges(rig, 4 << 20);
        ThroughputCurve curve = await new ThroughputMeter(rig.Opened, ranges, _options, TimeProvider.System).MeasureAsync(8 << 20, cancellationToken);
        Assert.That(curve.Bytes, Is.EqualTo(rig.BytesRead).And.GreaterThan(0));
        Assert.That(curve.Requests, Is.EqualTo(rig.Store.Gets));
        Assert.That(rig.Store.MaxInFlight, Is.LessThanOrEqualTo(8));
        Assert.That(curve.Steps.Select(step => step.Connections), Is.EqualTo(_options.Connections.Take(curve.Steps.Count)));
    }

    [Test]
    public async Task Connections_are_as_many_as_the_step_says(CancellationToken cancellationToken)
    {
        var rig = new StoreRig();
        SampleRanges ranges = Ranges(rig, 4 << 20);
        rig.Store.OnRead = (_, token) => new ValueTask(Task.Delay(5, token));
        await new ThroughputMeter(rig.Opened, ranges, _options with { Connections = [5] }, TimeProvider.System).MeasureAsync(long.MaxValue, cancellationToken);
        Assert.That(rig.Store.MaxInFlight, Is.EqualTo(5));
    }

    [Test]
    public void A_store_that_refuses_all_is_not_asked_for_long(CancellationToken cancellationToken)
    {
        var rig = new StoreRig();
        SampleRanges ranges = Ranges(rig, 4 << 20);
        rig.Store.OnRead = (_, _) => throw new ObjectStoreException(ObjectStoreFailure.AccessDenied, "denied");
        Assert.That(
            async () => await new ThroughputMeter(rig.Opened, ranges, _options with { Step = TimeSpan.FromMinutes(1) }, TimeProvider.System).MeasureAsync(long.MaxValue, cancellationToken),
            Throws.InstanceOf<ObjectStoreException>().With.Message.EqualTo("denied"));
        Assert.That(rig.Store.Gets, Is.LessThanOrEqualTo(20));
    }

    [Test]
    public async Task Reads_that_hang_are_ended_after_the_grace(CancellationToken cancellationToken)
    {
        var rig = new StoreRig();
        SampleRanges ranges = Ranges(rig, 4 << 20);
        rig.Store.OnRead = (_, token) => new ValueTask(Task.Delay(Timeout.Infinite, token));
        ThroughputCurve curve = await new ThroughputMeter(rig.Opened, ranges, _options, TimeProvider.System).MeasureAsync(long.MaxValue, cancellationToken);
        Assert.That(curve.Bytes, Is.Zero);
        Assert.That(rig.Store.InFlight, Is.Zero);
    }

    [Test]
    public void Ranges_cover_every_object_once_and_begin_again()
    {
        SampleObject large = Sample("large", 150), small = Sample("small", 30);
        var ranges = new SampleRanges([large, small], 64);
        Assert.That(ranges.Bytes, Is.EqualTo(180));
        Assert.That(Enumerable.Range(0, 5).Select(_ => ranges.Next()), Is.EqualTo(new[] { (large, 0L, 64), (large, 64L, 64), (large, 128L, 22), (small, 0L, 30), (large, 0L, 64) }));
    }

    private static SampleObject Sample(string key, long size) => new(new ObjectKey(key), new ObjectVersion(ETag.Parse("t"), size, 0));

    private static SampleRanges Ranges(StoreRig rig, int size)
    {
        var stored = rig.Store.PutRamp("p/large", size);
        return new SampleRanges([new SampleObject(stored.Key, stored.Version)], Range);
    }
}
