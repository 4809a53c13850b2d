using System.Text.Json;
using S3Mount.Control;
using S3Mount.Control.Client;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.SavedListings;

namespace S3Mount.Tests.Control;

[TestFixture]
public sealed class StatusTextTests
{
    private static readonly MountStatus _status = new()
    {
        Version = "1.2.3",
        Pid = 4711,
        Source = "s3://bucket/prefix/",
        Mountpoint = "/mnt",
        Since = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Memory = new(1536, 4L << 30, 300L << 20),
        Files = new(1281167, 1001, 1000, 2),
        Kernel = new(12345, 3, 0, 0, new Dictionary<string, long> { ["LOOKUP"] = 12 }),
        Store = new(1000, 1, 22, 4, 5L << 40),
        LastFailure = new(new DateTimeOffset(2026, 1, 2, 4, 0, 0, TimeSpan.Zero), "the store is in trouble"),
    };

    [Test]
    public void A_mount_is_described_for_people() =>
        Assert.That(StatusText.Write(new MountReport("/data", "s3mount#bucket/prefix", "running", 4711, null, _status), _status.Since.AddMinutes(125)), Is.EqualTo("""
            s3://bucket/prefix/ at /data
              daemon        process 4711, s3mount 1.2.3, since 2026-01-02 03:04:05Z (2 h 5 min)
              memory        1.5 KiB of 4.0 GiB for blocks; the process has 300.0 MiB
              files         1,281,167 inodes, 1,001 listings and lookups kept (1000 B)
                            2 keys that no path can name
              kernel        12,345 requests, 3 in flight
              store         1,000 GET, 22 LIST, 1 HEAD, 4 of them repeated; 5.0 TiB read
              last failure  2026-01-02 04:00:00Z the store is in trouble

            """));

    [Test]
    public void Saved_listings_are_described_where_they_are_kept()
    {
        DateTimeOffset madeAt = _status.Since.AddDays(-1);
        var saved = new SavedListingsStatus("/cache/listings/x.listings", madeAt, 12, 988, 3);
        string text = StatusText.Write(new MountReport("/data", "s", "running", 4711, null, _status with { SavedListings = saved }), _status.Since);
        Assert.That(text, Does.Contain("""
              saved         listings of 2026-01-01 03:04:05Z in /cache/listings/x.listings
                            12 directories shown as saved and not checked yet, 988 checked, 3 of them had changed

            """));
        text = StatusText.Write(new MountReport("/data", "s", "running", 4711, null, _status with { SavedListings = saved with { MadeAt = null } }), _status.Since);
        Assert.That(text, Does.Contain("  saved         no listings yet; they will be kept in /cache/listings/x.listings\n"));
        string json = JsonSerializer.Serialize([new MountReport("/data", "s", "running", 4711, null, _status with { SavedListings = saved })], ControlJson.Default.MountReportArray);
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement part = document.RootElement[0].GetProperty("status").GetProperty("savedListings");
        Assert.That((part.GetProperty("unchecked").GetInt32(), part.GetProperty("madeAt").GetString()), Is.EqualTo((12, "2026-01-01T03:04:05+00:00")));
    }

    [Test]
    public void A_disk_that_hangs_is_told()
    {
        var cache = new DiskCacheStatistics
        {
            HitBytes = 0,
            MissBytes = 0,
            WrittenBytes = 0,
            SkippedBytes = 0,
            EvictedBytes = 0,
            BadRecords = 0,
            Size = 0,
            Limit = 0,
            IsFull = false,
            Records = 0,
            Segments = 0,
            StuckCalls = 4,
            StuckBytes = 3 << 20,
            IsSilent = true,
        };
        Assert.That(Text(cache), Does.Contain("  its disk hangs: 4 calls are not answered and hold 3.0 MiB of memory; nothing more is asked of it until one is\n"));
        Assert.That(Text(cache with { IsSilent = false }), Does.Contain(" hold 3.0 MiB of memory\n"));
        Assert.That(Text(cache with { StuckCalls = 0 }), Does.Not.Contain("hangs"));

        static string Text(DiskCacheStatistics cache) => StatusText.Write(new MountReport("/data", "s", "running", 4711, null, _status with { Cache = cache }), _status.Since);
    }

    [Test]
    public void A_mount_that_cannot_be_asked_says_why() =>
        Assert.That(StatusText.Write(new MountReport("/data", "s3mount#bucket", "dead", null, "its daemon has died", null), default), Is.EqualTo("s3mount#bucket at /data\n  its daemon has died\n"));

    [Test]
    public void Json_says_the_same_in_bytes_and_leaves_out_what_is_not_known()
    {
        string json = JsonSerializer.Serialize([new MountReport("/data", "s", "running", 4711, null, _status), new MountReport("/b", "t", "dead", null, "why", null)], ControlJson.Default.MountReportArray);
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement first = document.RootElement[0];
        Assert.That(first.GetProperty("status").GetProperty("memory").GetProperty("budget").GetInt64(), Is.EqualTo(4L << 30));
        Assert.That(first.GetProperty("status").GetProperty("kernel").GetProperty("operations").GetProperty("LOOKUP").GetInt64(), Is.EqualTo(12));
        Assert.That(first.GetProperty("status").GetProperty("since").GetString(), Is.EqualTo("2026-01-02T03:04:05+00:00"));
        Assert.That(document.RootElement[1].EnumerateObject().Select(property => property.Name), Is.EqualTo((string[])["mountpoint", "source", "state", "problem"]));
    }

    [TestCase(0, "0 s")]
    [TestCase(-3, "0 s")]
    [TestCase(61, "1 min 1 s")]
    [TestCase(3600, "1 h 0 min")]
    [TestCase(90000, "1 d 1 h")]
    public void Spans_have_two_units(int seconds, string text) => Assert.That(StatusText.Span(TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));
}
