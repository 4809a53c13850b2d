using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Hits;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks.Results;

/// <summary>The floors of the read path and what this run has measured of each. Where several rows count, the worst one does.</summary>
internal sealed class TargetList(ResultBook book, IReadOnlyList<HitResult> hits)
{
    private const double Gibibyte = 1L << 30;

    private static readonly string[] _sequential = ["seq-128k", "seq-1m"];
    private static readonly string[] _small = ["small-1", "small-8", "small-32"];
    private static readonly string[] _records = ["random-1", "random-8"];
    private static readonly StoreSetting[] _settings = [StoreSetting.Loopback, StoreSetting.Remote];

    public IEnumerable<Target> All() => [.. SmallFiles(), .. LargeFiles(), .. Records(), .. WarmPasses(), .. Costs()];

    private IEnumerable<Target> SmallFiles()
    {
        Row<Scenario>[] loopback = Cold([StoreSetting.Loopback], "small-8");
        Row<Scenario>[] remote = Cold([StoreSetting.Remote], "small-32");
        Row<Scenario>[] all = Cold(_settings, _small);
        yield return Target.AtLeast("cold small files, loopback, 8 threads: times the better peer", 4, OverPeer(loopback));
        yield return Target.AtLeast("cold small files, loopback, 8 threads: of the bare client", 0.5, OverBare(loopback));
        yield return Target.AtLeast("cold small files, remote, 32 threads: of the bare client at the same concurrency", 0.9, OverBare(remote));
        yield return Target.AtMost("cold small files after a walk: GETs for a file", 1, all.Select(RequestsOfOne));
        yield return Target.AtMost("cold small files after a walk: HEADs and LISTs", 0, all.Select(row => (double)row.Middle.Store.Heads + row.Middle.Store.Lists));
    }

    private IEnumerable<Target> LargeFiles()
    {
        Row<Scenario>[] loopback = Cold([StoreSetting.Loopback], _sequential);
        Row<Scenario>[] remote = Cold([StoreSetting.Remote], _sequential);
        Row<Scenario>[] shards = Cold([StoreSetting.Remote], "shards");
        yield return Target.AtLeast("cold sequential 1 GiB, remote: of the bare client with the same number of connections", 0.9, OverBare(remote));
        yield return Target.AtLeast("cold sequential 1 GiB, remote: times the better peer", 3, OverPeer(remote));
        yield return Target.AtLeast("cold sequential 1 GiB, loopback: times the better peer", 1.5, OverPeer(loopback));
        yield return Target.AtLeast("4 streams, remote: of the bare client with the same number of connections", 0.9, OverBare(shards));
    }

    private IEnumerable<Target> Records()
    {
        Row<Scenario>[] all = Cold(_settings, _records);
        yield return Target.AtMost("random 100 KB records: bytes fetched per byte read", 1.3, all.Select(row => row.Middle.FetchedPerByte));
        yield return Target.AtMost("random 100 KB records: requests for a record", 1, all.Select(RequestsOfOne));
    }

    private IEnumerable<Target> WarmPasses()
    {
        Row<Scenario>[] small = Rows(_settings, Pass.Warm, _small);
        Row<Scenario>[] sequential = Rows(_settings, Pass.Warm, _sequential);
        yield return Target.AtLeast("warm small files: of tmpfs", 0.8, OverTmpfs(small));
        yield return Target.AtLeast("warm sequential: of tmpfs", 0.8, OverTmpfs(sequential));
        yield return Target.AtMost("warm small files, warm sequential: requests to the daemon", 0, small.Concat(sequential).Select(row => (double)row.Middle.Mount.ReadCalls));
    }

    private IEnumerable<Target> Costs()
    {
        Row<Scenario>[] large = Cold(_settings, [.. _sequential, "shards"]);
        yield return Target.AtMost("first byte: ms later than the bare GET", 1, Cold(_settings, "first-byte").Select(LaterThanBare));
        yield return Target.AtMost("CPU of the daemon, cold: s per GiB of large files", 1, large.Select(row => row.Middle.CpuSeconds / (row.Scenario.Bytes / Gibibyte)));
        yield return Target.AtMost("CPU of the daemon, cold, loopback: ms per small file", 0.25, Cold([StoreSetting.Loopback], _small).Select(CpuOfFile));
        // At remote latency the most of it is what it costs to wake a processor that sleeps, for whoever waits: the bare client's stands beside it.
        foreach (Row<Scenario> row in Cold([StoreSetting.Remote], _small))
            yield return Target.AtMost(FormattableString.Invariant($"CPU of the daemon, cold, remote, {row.Scenario.Title}: ms per small file (the bare client: {CpuOfFile(book.Find(row, Contender.BareSame)):0.##})"), 0.25, [CpuOfFile(row)]);
        yield return Target.AtMost("peak memory, 256 files at once, --memory 128MiB: MiB", 128 + 150, Cold(_settings, "memory").Select(row => row.PeakBytes / Cells.Mebibyte));
        yield return Target.AtMost("a hit in the block cache: bytes allocated on the managed heap", 0, hits.Select(hit => (double)hit.AllocatedBytes));
        yield return Target.AtMost("a hit in the block cache: bytes copied in user space", 0, hits.Select(hit => (double)hit.CopiedBytes));
    }

    private Row<Scenario>[] Cold(StoreSetting[] settings, params string[] scenarios) => Rows(settings, Pass.Cold, scenarios);

    private Row<Scenario>[] Rows(StoreSetting[] settings, Pass pass, string[] scenarios) =>
        [.. settings.SelectMany(setting => scenarios.Select(scenario => book.Find(setting, scenario, pass, Contender.S3Mount))).OfType<Row<Scenario>>()];

    private static double RequestsOfOne(Row<Scenario> row) => (double)row.Middle.Store.Gets / row.Scenario.Files;

    private static double CpuOfFile(Row<Scenario>? row) => row is null ? double.NaN : row.Middle.CpuSeconds * 1000 / row.Scenario.Files;

    private IEnumerable<Ratio> OverPeer(IEnumerable<Row<Scenario>> rows) => rows.Select(row => Ratio.Of(book.BetterPeerOf(row), row));

    private IEnumerable<Ratio> OverBare(IEnumerable<Row<Scenario>> rows) => rows.Select(row => Ratio.Of(book.Find(row, Contender.BareSame), row));

    private IEnumerable<Ratio> OverTmpfs(IEnumerable<Row<Scenario>> rows) => rows.Select(row => Ratio.Of(book.Find(row, Contender.Tmpfs), row));

    private double LaterThanBare(Row<Scenario> row) => book.Find(row, Contender.BareSame) is { } bare ? (row.Median - bare.Median) * 1000 : double.NaN;
}
