using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>Where the epochs must arrive, and what this run has measured of it. Where several rows count, the worst one does.</summary>
internal sealed class EpochTargets(RowBook<EpochScenario> book)
{
    public IEnumerable<Target> All() => [.. First(EpochCatalog.Hydrate, "--hydrate"), .. First(EpochCatalog.Hints, "hints"), .. Later(), .. Costs()];

    private IEnumerable<Target> First(string scenario, string with)
    {
        Row<EpochScenario>[] read = Rows(scenario);
        Row<EpochScenario>[] decoded = Rows(scenario + EpochCatalog.Decoded);
        yield return Target.AtMost($"first epoch, cold, {with}, read: times the bare client over the same connections", 1.3, read.Select(row => TimesOf(row, Contender.BareSame)));
        yield return Target.AtMost($"first epoch, cold, {with}, decoded: times the same over local files", 1.15, decoded.Select(row => TimesOf(row, Contender.Tmpfs)));
        yield return Target.AtLeast($"first epoch, cold, {with}, read: times the best peer", 5, read.Select(row => Ratio.Of(BestPeerOf(row), row)));
    }

    private IEnumerable<Target> Later()
    {
        yield return Target.AtLeast("second epoch, from the disk cache: of the same files on the local disk", 0.8, Rows(EpochCatalog.Second).Select(row => 1 / TimesOf(row, Contender.LocalDisk)));
        yield return Target.AtLeast("second and third epoch, cache of half: share of bytes from the cache", 0.45, Rows(EpochCatalog.Half, EpochCatalog.HalfAgain).Select(row => row.Samples.Min(sample => 1 - sample.FetchedPerByte)));
    }

    private IEnumerable<Target> Costs()
    {
        Row<EpochScenario>[] entries = Rows(EpochCatalog.Million);
        yield return Target.AtMost("filling the disk cache: share of the throughput that it costs", 0.15, Rows(EpochCatalog.Cost, EpochCatalog.SmallCost).Select(row => 1 - (1 / TimesOf(row, Contender.S3MountPlain))));
        yield return Target.AtLeast("warm: of the bare client over the same connections", 0.9, Rows(EpochCatalog.Warm).Select(row => 1 / TimesOf(row, Contender.BareSame)));
        yield return Target.AtMost("a cache of a million entries: s that mounting takes longer", 2, entries.Select(row => row.Median - (Plain(row)?.Median ?? double.NaN)));
        yield return Target.AtMost("a cache of a million entries: bytes of memory an entry", 64, entries.Select(BytesOfEntry));
    }

    private Row<EpochScenario>[] Rows(params string[] scenarios) =>
        [.. scenarios.Select(scenario => book.Find(StoreSetting.Remote, scenario, Pass.Cold, Contender.S3Mount)).OfType<Row<EpochScenario>>()];

    // How many times as long as the other.
    private double TimesOf(Row<EpochScenario> row, Contender other) => book.Find(row, other) is { } found ? row.Median / found.Median : double.NaN;

    private Row<EpochScenario>? BestPeerOf(Row<EpochScenario> row) =>
        ContenderNames.Peers.Select(peer => book.Find(row, peer)).OfType<Row<EpochScenario>>().MinBy(peer => peer.Median);

    private Row<EpochScenario>? Plain(Row<EpochScenario> row) => book.Find(row, Contender.S3MountPlain);

    private double BytesOfEntry(Row<EpochScenario> row) =>
        Plain(row) is { } plain ? (double)(row.Middle.Mount.RssBytes - plain.Middle.Mount.RssBytes) / row.Scenario.Entries : double.NaN;
}
