using System.Globalization;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>The epochs: every contender after the other, in rounds, with the store as far away as S3 in a region is.</summary>
internal sealed class EpochBench
{
    // Where s3mount has not been measured.
    private const int DefaultConnections = 64;

    private readonly BenchOptions _options;
    private readonly Site _site;
    private readonly BenchStore _store;
    private readonly Report _report;
    private readonly RowBook<EpochScenario> _book;
    private readonly EpochMounts _mounts;
    private readonly EpochCeilings _ceilings;
    private readonly FirstEpochs _first;
    private readonly LaterEpochs _later;
    private readonly WarmRun _warm;
    private readonly FillCost _cost;
    private readonly ManyEntries _entries;

    public EpochBench(BenchOptions options, Site site, BenchStore store, Report report)
    {
        (_options, _site, _store, _report, _book) = (options, site, store, report, report.Epochs);
        _mounts = new EpochMounts(options, site, store);
        _ceilings = new EpochCeilings(_mounts);
        _first = new FirstEpochs(_mounts);
        _warm = new WarmRun(_mounts);
        _later = new LaterEpochs(_mounts, _warm);
        _cost = new FillCost(_mounts);
        _entries = new ManyEntries(_mounts);
    }

    public async Task RunAsync(IEnumerable<EpochScenario> scenarios, CancellationToken cancellationToken)
    {
        await _store.SetSpeedAsync(StoreSetting.Loopback, cancellationToken);
        await new CeilingBench(_site, _store, _mounts.Meter).WarmStoreAsync(cancellationToken);
        // The store has read its images from its disk once, and whoever is first does not wait for that.
        if (scenarios.FirstOrDefault(scenario => scenario.UsesImages) is { } ofImages)
            await _ceilings.BareAsync(ofImages, DefaultConnections, cancellationToken);
        await _store.SetSpeedAsync(StoreSetting.Remote, cancellationToken);
        foreach (EpochScenario scenario in scenarios)
        {
            Say($"{StoreSetting.Remote.Name}: {scenario.Title}");
            for (int round = 0; round < (scenario.IsMeasuredOnce ? 1 : _options.Rounds); round++)
            {
                foreach (Contender contender in scenario.Contenders.Where(contender => _options.Peers || !contender.IsPeer()))
                    await TryMeasureAsync(_book.RowOf(StoreSetting.Remote, scenario, Pass.Cold, contender), round, cancellationToken);
            }
            await _report.WriteAsync(isWhole: false);
        }
    }

    private async Task TryMeasureAsync(Row<EpochScenario> row, int round, CancellationToken cancellationToken)
    {
        if (row.Failure is not null || (round > 0 && IsMeasuredOnce(row)) || TryTakeOver(row))
            return;
        try
        {
            // What others have written would be written to the disk meanwhile.
            Posix.SyncFileSystem(_site.Scratch);
            HostMemory.Touch(row.Scenario.Bytes);
            Row<EpochScenario>? next = row;
            foreach (Sample sample in await MeasureAsync(row, verifies: round == 0, cancellationToken))
            {
                Add(next!, sample);
                next = row.Scenario.Then is { } then ? _book.RowOf(row.Setting, then, row.Pass, row.Contender) : null;
            }
        }
        catch (BenchException failure)
        {
            row.Failure = failure.Message;
            Say($"  {row.Label}: {failure.Message}");
        }
    }

    // Who waits for the store all the time says enough by one sample.
    private static bool IsMeasuredOnce(Row<EpochScenario> row) =>
        (row.Contender.IsPeer() || row.Contender == Contender.S3MountPlain) && row.HasSamples && row.Max > Bench.SlowRow;

    // What is the same in both, and measured already.
    private bool TryTakeOver(Row<EpochScenario> row)
    {
        bool isSame = row.Contender is not (Contender.S3Mount or Contender.BareSame);
        if (!isSame || _book.Find(row.Setting, row.Scenario.SameAs, row.Pass, row.Contender) is not { } known)
            return false;
        if (!row.HasSamples)
        {
            foreach (Sample sample in known.Samples)
                row.Add(sample);
            row.Remark = "as above";
        }
        return true;
    }

    private async Task<IReadOnlyList<Sample>> MeasureAsync(Row<EpochScenario> row, bool verifies, CancellationToken cancellationToken)
    {
        (EpochScenario scenario, Contender contender) = (row.Scenario, row.Contender);
        if (contender == Contender.BareSame)
        {
            if (row.Connections == 0)
                row.Connections = _book.Find(row, Contender.S3Mount) is { } product ? Math.Max(1, product.Middle.Store.AtOnce) : DefaultConnections;
            return [await _ceilings.BareAsync(scenario, row.Connections, cancellationToken)];
        }
        if (contender is Contender.Tmpfs or Contender.LocalDisk)
            return [await (contender == Contender.Tmpfs ? _ceilings.TmpfsAsync(scenario, cancellationToken) : _ceilings.DiskAsync(scenario, cancellationToken))];
        if (scenario.Kind == EpochKind.Half)
            return await _later.HalfAsync(scenario, verifies, cancellationToken);
        return
        [
            await (scenario.Kind switch
            {
                EpochKind.Second => _later.SecondAsync(scenario, verifies, cancellationToken),
                EpochKind.Cost => _cost.MeasureAsync(scenario, contender, verifies, cancellationToken),
                EpochKind.Warm => _warm.MeasureAsync(scenario, verifies, cancellationToken),
                EpochKind.Entries => _entries.MeasureAsync(scenario, contender, cancellationToken),
                _ => _first.MeasureAsync(scenario, contender, verifies, cancellationToken),
            }),
        ];
    }

    private static void Add(Row<EpochScenario> row, Sample sample)
    {
        row.Add(sample);
        if (sample.KeptShare is not null)
            row.Remark = string.Create(CultureInfo.InvariantCulture, $"{row.Samples.Min(other => other.KeptShare) * 100:0} % kept");
        Say(string.Create(CultureInfo.InvariantCulture,
            $"  {row.Label,-34} {(sample.IsPartial ? ">" : " ")} {sample.Seconds,8:F3} s  {sample.Client.Bytes / sample.Seconds / 1e6,7:F0} MB/s  {sample.Store.Gets} GET, {sample.Store.AtOnce} at once  CPU {sample.CpuSeconds,5:F2} s, store {sample.StoreCpu,5:F2} s  {sample.Mount.RssBytes >> 20} MiB  {sample.FetchedPerByte:F2} fetched"));
    }

    private static void Say(string line) => Console.Error.WriteLine(line);
}
