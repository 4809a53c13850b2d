using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Hits;

namespace S3Mount.Benchmarks.Results;

/// <summary>The floors of the read path and what this run has measured of each. Where several rows count, the worst one does.</summary>
internal sealed class TargetList(ResultBook book, IReadOnlyList<HitResult> hits)
{
    private const double Gibibyte = 1L << 30;
    private const double Mebibyte = 1L << 20;

    private static readonly string[] _sequential = ["seq-128k", "seq-1m"];
    private static readonly string[] _small = ["small-1", "small-8", "small-32"];
    private static readonly string[] _records = ["random-1", "random-8"];
    private static readonly StoreSetting[] _settings = [StoreSetting.Loopback, StoreSetting.Remote];

    public IEnumerable<Target> All() => [.. SmallFiles(), .. LargeFiles(), .. Records(), .. WarmPasses(), .. Costs()];

    private IEnumerable<Target> SmallFiles()
    {
        Row[] loopback = Cold([StoreSetting.Loopback], "small-8");
        Row[] remote = Cold([StoreSetting.Remote], "small-32");
        Row[] all = Cold(_settings, _small);
        yield return Target.AtLeast("cold small files, loopback, 8 threads: times the better peer", 4, OverPeer(loopback));
        yield return Target.AtLeast("cold small files, loopback, 8 threads: of the bare client", 0.5, OverBare(loopback));
        yield return Target.AtLeast("cold small files, remote, 32 threads: of the bare client at the same concurrency", 0.9, OverBare(remote));
        yield return Target.AtMost("cold small files after a walk: GETs for a file", 1, all.Select(RequestsOfOne));
        yield return Target.AtMost("cold small files after a walk: HEADs and LISTs", 0, all.Select(row => (double)row.Middle.Store.Heads + row.Middle.Store.Lists));
    }

    private IEnumerable<Target> LargeFiles()
    {
        Row[] loopback = Cold([StoreSetting.Loopback], _sequential);
        Row[] remote = Cold([StoreSetting.Remote], _sequential);
        Row[] shards = Cold([StoreSetting.Remote], "shards");
        yield return Target.AtLeast("cold sequential 1 GiB, remote: of the bare client with the same number of connections", 0.9, OverBare(remote));
        yield return Target.AtLeast("cold sequential 1 GiB, remote: times the better peer", 3, OverPeer(remote));
        yield return Target.AtLeast("cold sequential 1 GiB, loopback: times the better peer", 1.5, OverPeer(loopback));
        yield return Target.AtLeast("4 streams, remote: of the bare client with the same number of connections", 0.9, OverBare(shards));
    }

    private IEnumerable<Target> Records()
    {
        Row[] all = Cold(_settings, _records);
        yield return Target.AtMost("random 100 KB records: bytes fetched per byte read", 1.3, all.Select(row => row.Middle.FetchedPerByte));
        yield return Target.AtMost("random 100 KB records: requests for a record", 1, all.Select(RequestsOfOne));
    }

    private IEnumerable<Target> WarmPasses()
    {
        Row[] small = Rows(_settings, Pass.Warm, _small);
        Row[] sequential = Rows(_settings, Pass.Warm, _sequential);
        yield return Target.AtLeast("warm small files: of tmpfs", 0.8, OverTmpfs(small));
        yield return Target.AtLeast("warm sequential: of tmpfs", 0.8, OverTmpfs(sequential));
        yield return Target.AtMost("warm small files, warm sequential: requests to the daemon", 0, small.Concat(sequential).Select(row => (double)row.Middle.Mount.ReadCalls));
    }

    private IEnumerable<Target> Costs()
    {
        Row[] large = Cold(_settings, [.. _sequential, "shards"]);
        Row[] small = Cold(_settings, _small);
        yield return Target.AtMost("first byte: ms later than the bare GET", 1, Cold(_settings, "first-byte").Select(LaterThanBare));
        yield return Target.AtMost("CPU of the daemon, cold: s per GiB of large files", 1, large.Select(row => row.Middle.Mount.CpuSeconds / (row.Scenario.Bytes / Gibibyte)));
        yield return Target.AtMost("CPU of the daemon, cold: ms per small file", 0.25, small.Select(row => row.Middle.Mount.CpuSeconds * 1000 / row.Scenario.Files));
        yield return Target.AtMost("peak memory, 256 files at once, --memory 128MiB: MiB", 128 + 150, Cold(_settings, "memory").Select(row => row.PeakBytes / Mebibyte));
        yield return Target.AtMost("a hit in the block cache: bytes allocated on the managed heap", 0, hits.Select(hit => (double)hit.AllocatedBytes));
        yield return Target.AtMost("a hit in the block cache: bytes copied in user space", 0, hits.Select(hit => (double)hit.CopiedBytes));
    }

    private Row[] Cold(StoreSetting[] settings, params string[] scenarios) => Rows(settings, Pass.Cold, scenarios);

    private Row[] Rows(StoreSetting[] settings, Pass pass, string[] scenarios) =>
        [.. settings.SelectMany(setting => scenarios.Select(scenario => book.Find(setting, scenario, pass, Contender.S3Mount))).OfType<Row>()];

    private static double RequestsOfOne(Row row) => (double)row.Middle.Store.Gets / row.Scenario.Files;

    private IEnumerable<double> OverPeer(IEnumerable<Row> rows) => rows.Select(row => Ratio(row, book.BetterPeerOf(row)));

    private IEnumerable<double> OverBare(IEnumerable<Row> rows) => rows.Select(row => Ratio(row, book.Find(row, Contender.BareSame)));

    private IEnumerable<double> OverTmpfs(IEnumerable<Row> rows) => rows.Select(row => Ratio(row, book.Find(row, Contender.Tmpfs)));

    private static double Ratio(Row row, Row? other) => other is null ? double.NaN : other.Median / row.Median;

    private double LaterThanBare(Row row) => book.Find(row, Contender.BareSame) is { } bare ? (row.Median - bare.Median) * 1000 : double.NaN;
}
