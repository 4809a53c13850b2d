using S3Mount.Control;
using S3Mount.Telemetry;
using S3Mount.Top;

namespace S3Mount.Tests.Top;

/// <summary>What readers are said to wait for, from figures that were made up.</summary>
[TestFixture]
public sealed class WaitSharesTests
{
    private static readonly MountStatus _before = TestStatus.Empty;

    [Test]
    public void Nobody_who_asks_waits_for_nothing()
    {
        WaitShares waits = WaitShares.Between(_before, _before, 10);
        Assert.That((waits.Parts.Count, waits.IsIdle, waits.Waiting), Is.EqualTo((0, true, 0.0)));
    }

    [Test]
    public void What_is_answered_from_memory_now_and_then_waits_for_nothing_either()
    {
        WaitShares waits = WaitShares.Between(_before, With(figures => figures with { KernelLatency = TestStatus.Latency(("READ", 1000, 0.05)) }, requests: 1000), 10);
        Assert.That((waits.Parts.Count, waits.IsIdle), Is.EqualTo((0, false)));
        Assert.That(waits.Waiting, Is.EqualTo(0.005).Within(0.001));
    }

    [Test]
    public void Small_objects_from_far_away_wait_for_store_latency()
    {
        // 200 GETs with 90 ms to the first byte and 10 ms from there to the last; readers waited for all of it.
        WaitShares waits = WaitShares.Between(_before, Fetching(get: 100, firstByte: 90, blocks: 20), 10);
        Assert.That(Parts(waits), Is.EqualTo("StoreLatency 0.9, Bandwidth 0.1"));
        Assert.That(waits.Waiting, Is.EqualTo(2).Within(0.1));
    }

    [Test]
    public void Large_parts_over_a_full_wire_wait_for_bandwidth() =>
        Assert.That(Parts(WaitShares.Between(_before, Fetching(get: 1000, firstByte: 100, blocks: 190), 10)), Is.EqualTo("Bandwidth 0.9, StoreLatency 0.1"));

    [Test]
    public void Bytes_that_a_daemon_without_time_takes_slowly_are_not_the_wires_fault()
    {
        MountStatus status = Fetching(get: 1000, firstByte: 100, blocks: 190);
        Assert.That(Parts(WaitShares.Between(_before, status with { Process = new(19.5, 2) }, 10)), Is.EqualTo("DaemonCpu 0.9, StoreLatency 0.1"));
        Assert.That(Parts(WaitShares.Between(_before, status with { Process = new(15, 2) }, 10)), Is.EqualTo("Bandwidth 0.9, StoreLatency 0.1"));
    }

    [Test]
    public void Time_in_the_daemon_that_was_no_wait_is_its_own()
    {
        MountStatus status = With(figures => figures with { KernelLatency = TestStatus.Latency(("READ", 10_000, 1)) });
        Assert.That(Parts(WaitShares.Between(_before, status, 10)), Is.EqualTo("DaemonCpu 1"));
    }

    [Test]
    public void Waits_for_connections_retries_the_disk_and_memory_are_told_apart()
    {
        MountStatus status = With(figures => figures with
        {
            Waits = new(Blocks: 40, Memory: 60, Disk: 1, Connection: 2, Retry: 1),
            KernelLatency = TestStatus.Latency(("READ", 1000, 100)),
        });
        Assert.That(Parts(WaitShares.Between(_before, status, 10)), Is.EqualTo("Memory 0.6, Connections 0.2, Retries 0.1, DiskCache 0.1"));
    }

    [Test]
    public void Lookups_that_ask_the_store_are_listings_and_those_from_memory_are_not()
    {
        MountStatus status = With(figures => figures with { KernelLatency = TestStatus.Latency(("READDIRPLUS", 100, 100), ("LOOKUP", 100, 0.01)) });
        Assert.That(Parts(WaitShares.Between(_before, status, 10)), Is.EqualTo("Listings 1"));
    }

    [Test]
    public void While_nothing_comes_at_all_it_is_store_latency()
    {
        MountStatus waiting = _before with { Kernel = new(10, 4, 0, 0, new Dictionary<string, long>()) { WaitingSeconds = 40, LongestWaiting = 10 } };
        WaitShares waits = WaitShares.Between(_before, waiting, 10);
        Assert.That((Parts(waits), waits.Waiting), Is.EqualTo(("StoreLatency 1", 4.0)));
    }

    [Test]
    public void While_bytes_come_slowly_it_is_bandwidth_although_no_fetch_has_ended()
    {
        MountStatus first = _before with { Store = _before.Store with { Health = new() { InUse = 16 } } };
        MountStatus last = With(figures => figures with { StoreFirstByte = TestStatus.Latency(("GET", 16, 100)) }) with
        {
            Kernel = new(10, 1, 0, 0, new Dictionary<string, long>()) { WaitingSeconds = 9.5 },
            Store = first.Store with { BytesRead = 50 << 20 },
        };
        Assert.That(Parts(WaitShares.Between(first, last, 10)), Is.EqualTo("Bandwidth 1"));
        Assert.That(Parts(WaitShares.Between(first, last with { Store = first.Store }, 10)), Is.EqualTo("StoreLatency 1"));
    }

    [Test]
    public void A_wait_that_ends_is_not_counted_twice()
    {
        // One READ has waited 60 s before the first look, and a second after it.
        MountStatus first = _before with { Kernel = new(1, 1, 0, 0, new Dictionary<string, long>()) { WaitingSeconds = 60 } };
        MountStatus last = With(figures => figures with { Waits = new(61, 0, 0, 0, 0), KernelLatency = TestStatus.Latency(("READ", 1, 61_000)) });
        WaitShares waits = WaitShares.Between(first, last, 10);
        Assert.That(waits.Waiting, Is.EqualTo(0.1).Within(0.01));
    }

    [Test]
    public void A_daemon_that_tells_less_is_no_failure() =>
        Assert.That(WaitShares.Between(_before with { Figures = null }, _before with { Figures = null, Process = null }, 10).Parts, Is.Empty);

    private static MountStatus Fetching(int get, int firstByte, double blocks) => With(figures => figures with
    {
        Waits = new(blocks, 0, 0, 0, 0),
        KernelLatency = TestStatus.Latency(("READ", 100, blocks * 10)),
        StoreLatency = TestStatus.Latency(("GET", 200, get)),
        StoreFirstByte = TestStatus.Latency(("GET", 200, firstByte)),
    });

    private static MountStatus With(Func<FiguresPart, FiguresPart> change, long requests = 0) =>
        _before with { Figures = change(TestStatus.Figures()), Kernel = new(requests, 0, 0, 0, new Dictionary<string, long>()) };

    private static string Parts(WaitShares waits) => string.Join(", ", waits.Parts.Where(part => part.Value >= 0.05).Select(part => FormattableString.Invariant($"{part.Key} {Math.Round(part.Value, 1)}")));
}
