using S3Mount.FileSystem.Reading;

namespace S3Mount.FileSystem.Tests.Reading;

public sealed class StreamTrustTests
{
    private const int MiB = 1 << 20;
    private const int ReadSize = 128 << 10;

    [Test]
    public async Task A_shard_after_a_shard_begins_with_the_window_that_the_first_had_grown_to()
    {
        using var rig = new ReaderRig(256 * MiB);
        await ReaderRig.ReadAllAsync(rig.OpenRamp("shard0", 32 * MiB), ReadSize);

        using ObjectReader next = rig.OpenRamp("shard1", 32 * MiB);
        long before = rig.BytesAsked;
        ReaderRig.AssertRamp(await ReaderRig.ReadAsync(next, 0, ReadSize), 0, ReadSize);
        Assert.That(rig.BytesAsked - before, Is.GreaterThanOrEqualTo(8 * MiB));
    }

    [Test]
    public async Task Who_reads_headers_after_shards_uses_the_trust_up()
    {
        using var rig = new ReaderRig(256 * MiB);
        await ReaderRig.ReadAllAsync(rig.OpenRamp("shard", 32 * MiB), ReadSize);

        var asked = new List<long>();
        for (int i = 0; i < 4; i++)
        {
            long before = rig.BytesAsked;
            await ReaderRig.ReadAsync(rig.OpenRamp($"header{i}", 32 * MiB), 0, ReadSize);
            asked.Add(rig.BytesAsked - before);
        }
        Assert.That(asked, Has.Exactly(2).GreaterThanOrEqualTo(8 * MiB).And.Exactly(2).EqualTo(MiB));
    }

    [Test]
    public async Task A_file_that_was_left_before_its_end_earns_nothing()
    {
        using var rig = new ReaderRig(256 * MiB);
        using ObjectReader left = rig.OpenRamp("left", 32 * MiB);
        for (long offset = 0; offset < 24 * MiB; offset += ReadSize)
            await ReaderRig.ReadAsync(left, offset, ReadSize);
        Assert.That(rig.Fetcher.Trust.TryTake(out _), Is.False);
    }

    [Test]
    public async Task The_end_of_a_file_alone_earns_nothing()
    {
        using var rig = new ReaderRig(256 * MiB);
        await ReaderRig.ReadAsync(rig.OpenRamp("footer", 32 * MiB), (32 * MiB) - ReadSize, ReadSize);
        Assert.That(rig.Fetcher.Trust.TryTake(out _), Is.False);
    }

    [Test]
    public void What_is_earned_is_bounded()
    {
        var trust = new StreamTrust();
        for (int i = 0; i < 100; i++)
            trust.Earn(64 * MiB);
        int taken = 0;
        while (trust.TryTake(out long window))
        {
            Assert.That(window, Is.EqualTo(64 * MiB));
            taken++;
        }
        Assert.That(taken, Is.EqualTo(8));
    }
}
