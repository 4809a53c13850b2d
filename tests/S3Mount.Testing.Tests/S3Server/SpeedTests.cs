using System.Diagnostics;
using S3Mount.Testing.S3Server;

namespace S3Mount.Testing.Tests.S3Server;

/// <summary>Only that nothing comes too early is checked: how late it comes is up to the machine.</summary>
public sealed class SpeedTests
{
    // What is shorter than a twentieth of a millisecond is not waited for.
    private static readonly TimeSpan _tolerance = TimeSpan.FromMilliseconds(0.1);

    [Test, CancelAfter(20_000)]
    public async Task The_first_byte_and_listings_take_their_time(CancellationToken cancellationToken)
    {
        await using ServerClient client = await ServerClient.StartAsync();
        client.Bucket.Put("k", "x");
        client.Server.Speed = new S3ServerSpeed(TimeSpan.FromMilliseconds(60), TimeSpan.FromMilliseconds(150), 0);
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage get = await client.GetAsync("/k", cancellationToken);
        TimeSpan first = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        using HttpResponseMessage list = await client.GetAsync("?list-type=2", cancellationToken);
        TimeSpan listing = Stopwatch.GetElapsedTime(start);
        Assert.That(first, Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(60) - _tolerance));
        Assert.That(listing, Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(150) - _tolerance));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_connection_gets_no_more_than_its_bandwidth([Values(20_000, 400_000)] int size, CancellationToken cancellationToken)
    {
        await using ServerClient client = await ServerClient.StartAsync();
        client.Bucket.PutRamp("k", size);
        client.Server.Speed = new S3ServerSpeed(TimeSpan.Zero, TimeSpan.Zero, 1_000_000);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage get = await client.GetAsync("/k", cancellationToken);
            byte[] body = await get.Content.ReadAsByteArrayAsync(cancellationToken);
            Assert.That(Ramp.FirstDifference(body, 0), Is.EqualTo(-1));
        }
        Assert.That(Stopwatch.GetElapsedTime(start), Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(2 * size / 1_000_000.0) - _tolerance));
        Assert.That(client.Server.Statistics.BytesSent, Is.EqualTo(2L * size));
    }
}
