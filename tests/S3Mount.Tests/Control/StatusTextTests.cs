using System.Text.Json;
using S3Mount.Control;
using S3Mount.Control.Client;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.SavedListings;
using S3Mount.Telemetry;

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
    public void What_is_measured_is_described_too()
    {
        var wait = new WaitFigures(75, 0, 0.25, 0.0021, 3);
        MountStatus status = _status with
        {
            Options = new Dictionary<string, string> { ["memory"] = "4GiB", ["metadata-ttl"] = "3600s", ["allow-other"] = "true" },
            Throughput = new(10, 100 << 20, 5 << 20, 1 << 20, 4321.4),
            Reads = new(900, 9 << 20, 100, 1 << 20),
            BeingRead = new(5, ["a.tar", "b.tar"]),
            Readers = [new(12, 5, 1, 6 << 20, 0, 0), new(11, 5, 1, 3 << 20, 1, 0), new(0, 5, 1, 1 << 20, 0, 2), new(13, 5, 0, 0, 0, 9)],
            Kernel = _status.Kernel with { LongestWaiting = 31.4 },
            Figures = new()
            {
                KernelLatency = new Dictionary<string, LatencyFigures> { ["LOOKUP"] = new(12, 0.001, 0.0000123, 0.0044), ["READ"] = new(1000, 0.001, 0.0002, 1.21), ["READDIR"] = new(0, 0, 0, 0) },
                StoreLatency = new Dictionary<string, LatencyFigures> { ["GET"] = new(1000, 0.04, 0.035, 0.12) },
                StoreFirstByte = new Dictionary<string, LatencyFigures> { ["GET"] = new(1000, 0.02, 0.0199, 0.1), ["LIST"] = new(22, 0.1, 0.1, 0.1) },
                KernelErrors = [new("LOOKUP", "ENOENT", 7), new("READ", "EIO", 1200)],
                StoreFailures = [new("GET", "throttled", 3)],
                LastKernelError = new(_status.Since.AddMinutes(1), "READ", "EIO", null),
                LastStoreFailure = new(_status.Since.AddMinutes(2), "GET", "throttled", "503 SlowDown"),
                Waits = wait,
            },
            Cost = new(0.4m, 0.00011m, null, 0.40011m),
        };
        var report = new MountReport("/data", "s3mount#bucket/prefix", "running", 4711, null, status)
        {
            Processes = new Dictionary<uint, ReaderProcess> { [11] = new(11, "py\nthon3", null), [12] = new(11, "py\nthon3", null), [0] = ReaderProcess.Elsewhere },
        };
        Assert.That(StatusText.Write(report, _status.Since.AddMinutes(125)), Is.EqualTo("""
            s3://bucket/prefix/ at /data
              daemon        process 4711, s3mount 1.2.3, since 2026-01-02 03:04:05Z (2 h 5 min)
              options       memory 4GiB, metadata-ttl 3600s, allow-other
              now           100.0 MiB/s read, 5.0 MiB/s from the store; 4,321 requests/s (of the last 10 s)
              reads         10.0 MiB in 1,000 that the page cache did not answer; 90.0 % of it was in memory
              being read    5 files: a.tar, b.tar, ...
              readers       py?thon3 [11, 2 threads] 9.0 MiB, other pid namespace [0] 1.0 MiB
              memory        1.5 KiB of 4.0 GiB for blocks; the process has 300.0 MiB
              files         1,281,167 inodes, 1,001 listings and lookups kept (1000 B)
                            2 keys that no path can name
              kernel        12,345 requests, 3 in flight, one for 31.4 s
                            median (99 %): LOOKUP 12 us (4.4 ms), READ 200 us (1.2 s)
                            READ EIO 1,200; last READ EIO at 2026-01-02 03:05:05Z
              store         1,000 GET, 22 LIST, 1 HEAD, 4 of them repeated; 5.0 TiB read
                            median (99 %): GET 35 ms (120 ms), first byte of GET 20 ms (100 ms)
                            GET throttled 3; last GET 503 SlowDown at 2026-01-02 03:06:05Z
              waited        1 min 15 s for bytes, 250 ms for the disk cache, 2.1 ms for a connection, 3.0 s between tries; of all readers together
              cost          0.4001 (GET 0.4, LIST 0.0001)
              last failure  2026-01-02 04:00:00Z the store is in trouble

            """));
        string json = JsonSerializer.Serialize([report], ControlJson.Default.MountReportArray);
        MountStatus read = JsonSerializer.Deserialize(json, ControlJson.Default.MountReportArray)![0].Status!;
        Assert.That(read.Readers, Is.EqualTo(status.Readers));
        Assert.That(json, Does.Not.Contain("thon3"), "names are of this machine");
        Assert.That((read.Figures!.Waits, read.Figures.KernelErrors, read.Throughput, read.Cost), Is.EqualTo((wait, status.Figures.KernelErrors, status.Throughput, status.Cost)));
    }

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
