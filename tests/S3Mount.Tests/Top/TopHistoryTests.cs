using S3Mount.Control;
using S3Mount.Control.Client;
using S3Mount.Telemetry;
using S3Mount.Testing;
using S3Mount.Top;

namespace S3Mount.Tests.Top;

/// <summary>Rates and ratios from looks at moments that a fake clock gives them.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TopHistoryTests
{
    private readonly FakeTimeProvider _clock = new();

    [Test]
    public void Rates_are_of_the_time_between_the_last_two_looks()
    {
        var history = new TopHistory(_clock);
        Add(history, Read(memory: 1000, fetched: 500, store: 300, files: 5, requests: 20), TimeSpan.Zero);
        Assert.That((history.Figures!.HasRates, history.Figures.ReadBytes, history.ReadGraph.Count), Is.EqualTo((false, 0.0, 0)));
        Add(history, Read(memory: 3000, fetched: 1500, store: 700, files: 9, requests: 60), TimeSpan.FromSeconds(2));
        TopFigures figures = history.Figures;
        Assert.That((figures.ReadBytes, figures.StoreBytes, figures.Files, figures.Requests), Is.EqualTo((1500.0, 200.0, 2.0, 20.0)));
        Add(history, Read(memory: 3000, fetched: 1500, store: 700, files: 9, requests: 60), TimeSpan.FromSeconds(1));
        Assert.That(history.Figures.ReadBytes, Is.Zero);
        Assert.That((history.ReadGraph, history.StoreGraph, history.FilesGraph), Is.EqualTo((new List<double> { 1500, 0 }, new List<double> { 200, 0 }, new List<double> { 2, 0 })));
    }

    [Test]
    public void Ratios_and_latencies_are_of_the_last_ten_seconds_and_not_of_what_was_before()
    {
        var history = new TopHistory(_clock);
        Add(history, Timed(10_000, 500) with { Reads = new(0, 0, 0, 1000) }, TimeSpan.Zero);
        for (int i = 1; i <= 12; i++)
            Add(history, Timed(10_000, 500) with { Reads = new(0, 30 * i, 0, 1000 + 10 * i) }, TimeSpan.FromSeconds(1));
        Assert.That(history.Figures!.Hits, Is.EqualTo(new HitShares(0.75, 0, 0.25)));
        Assert.That(history.Figures.KernelLatency, Is.Empty);

        Add(history, Timed(10_000, 500, 100, 20), TimeSpan.FromSeconds(1));
        Assert.That(history.Figures.KernelLatency.Single().Value.Quantile(0.99).TotalMilliseconds, Is.EqualTo(20).Within(5));
        for (int i = 0; i < 11; i++)
            Add(history, Timed(10_000, 500, 100, 20), TimeSpan.FromSeconds(1));
        Assert.That(history.Figures.KernelLatency, Is.Empty, "eleven seconds later it is not now any more");
    }

    [Test]
    public void Of_what_was_not_in_memory_the_disk_cache_tells_its_part()
    {
        var history = new TopHistory(_clock);
        Add(history, TestStatus.Empty with { Cache = TestStatus.Disk(1000, 1000, 0, 0) }, TimeSpan.Zero);
        Add(history, TestStatus.Empty with { Reads = new(0, 50, 0, 50), Cache = TestStatus.Disk(1300, 1100, 0, 0) }, TimeSpan.FromSeconds(1));
        Assert.That(history.Figures!.Hits, Is.EqualTo(new HitShares(0.5, 0.375, 0.125)));
        Assert.That(history.Figures.DiskBytes, Is.EqualTo(300));
    }

    [Test]
    public void Readers_are_processes_with_the_rates_of_their_threads()
    {
        var history = new TopHistory(_clock);
        ReaderProcess python = new(7, "python3", null), cat = new(9, "cat", null);
        Add(history, Readers(new(7, 10, 1, 100, 0, 0), new(9, 5, 5, 50, 0, 0)), TimeSpan.Zero, (7, python), (9, cat));
        Add(history, Readers(new(7, 20, 3, 300, 1, 0), new(8, 4, 2, 1000, 2, 0), new(9, 5, 5, 50, 0, 0)), TimeSpan.FromSeconds(2), (7, python), (8, python), (9, cat));
        Assert.That(history.Figures!.Readers, Is.EqualTo((ReaderRow[])[new ReaderRow(python, 2, 600, 2, 7, 3, 1300)]), "cat has not asked for anything");
        Add(history, Readers(new(7, 20, 3, 300, 0, 0), new(9, 2, 1, 10, 0, 0)), TimeSpan.FromSeconds(1), (7, python), (9, cat));
        Assert.That(history.Figures.Readers, Is.EqualTo((ReaderRow[])[new ReaderRow(cat, 1, 10, 1, 2, 0, 10), new ReaderRow(python, 1, 0, 0, 0, 0, 300)]), "who was forgotten begins at zero");
    }

    [Test]
    public void A_daemon_that_goes_on_with_the_mount_is_not_compared_with_the_last_one()
    {
        var history = new TopHistory(_clock);
        Add(history, Read(memory: 1000, fetched: 0, store: 0, files: 0, requests: 0), TimeSpan.Zero);
        Add(history, Read(memory: 2000, fetched: 0, store: 0, files: 0, requests: 0), TimeSpan.FromSeconds(1));
        Add(history, Read(memory: 10, fetched: 0, store: 0, files: 0, requests: 0) with { Pid = 4712 }, TimeSpan.FromSeconds(1));
        Assert.That((history.Figures!.HasRates, history.Figures.ReadBytes), Is.EqualTo((false, 0.0)));
        Add(history, Read(memory: 510, fetched: 0, store: 0, files: 0, requests: 0) with { Pid = 4712 }, TimeSpan.FromSeconds(1));
        Assert.That(history.ReadGraph, Is.EqualTo((double[])[1000, 500]));
    }

    [Test]
    public void Cost_an_hour_is_what_the_last_seconds_cost()
    {
        var history = new TopHistory(_clock);
        Add(history, TestStatus.Empty with { Cost = new(null, null, null, 5m) }, TimeSpan.Zero);
        Add(history, TestStatus.Empty with { Cost = new(null, null, null, 5.01m) }, TimeSpan.FromSeconds(4));
        Assert.That(history.Figures!.CostPerHour, Is.EqualTo(9m));
    }

    [Test]
    public void A_graph_has_an_end()
    {
        var history = new TopHistory(_clock);
        for (int i = 0; i < TopHistory.MostColumns + 10; i++)
            Add(history, Read(memory: i * i, fetched: 0, store: 0, files: 0, requests: 0), TimeSpan.FromSeconds(1));
        Assert.That((history.ReadGraph.Count, history.ReadGraph[^1]), Is.EqualTo((TopHistory.MostColumns, 2.0 * (TopHistory.MostColumns + 9) - 1)));
    }

    private static MountStatus Read(long memory, long fetched, long store, long files, long requests) => TestStatus.Empty with
    {
        Reads = new(0, memory, 0, fetched) { Files = files },
        Store = TestStatus.Empty.Store with { BytesRead = store },
        Kernel = new(requests, 0, 0, 0, new Dictionary<string, long>()),
    };

    private static MountStatus Timed(int count, double milliseconds, int more = 0, double moreMilliseconds = 0)
    {
        var histogram = new LatencyHistogram();
        for (int i = 0; i < count; i++)
            histogram.Record(TimeSpan.FromMilliseconds(milliseconds));
        for (int i = 0; i < more; i++)
            histogram.Record(TimeSpan.FromMilliseconds(moreMilliseconds));
        return TestStatus.Empty with { Figures = TestStatus.Figures() with { KernelLatency = new Dictionary<string, LatencyFigures> { ["READ"] = histogram.Read().ToFigures() } } };
    }

    private static MountStatus Readers(params ReaderFigures[] readers) => TestStatus.Empty with { Readers = readers };

    private void Add(TopHistory history, MountStatus status, TimeSpan later, params (uint Pid, ReaderProcess Process)[] processes)
    {
        _clock.Advance(later);
        history.Add(new TopSample(_clock.GetTimestamp(), status, processes.ToDictionary(process => process.Pid, process => process.Process)));
    }
}
