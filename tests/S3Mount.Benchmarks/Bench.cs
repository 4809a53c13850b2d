using System.Globalization;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks;

/// <summary>
/// The same bytes read by the same client programs through every contender, one after the other, several rounds: the contenders
/// of a round meet the same noise. The bench itself touches no mount. Caches need not be dropped: a fresh mount has no pages, a
/// fresh cache directory no files.
/// </summary>
internal sealed class Bench
{
    // A peer's row that took longer says enough by one sample; three of each would double the time of the whole bench.
    public const double SlowRow = 4;

    // What is measured while somebody empties the page cache is measured again, so often in all.
    private const int MaxAttempts = 2;

    // Where s3mount has not been measured: the connections that its windows reach at most.
    private const int DefaultConnections = 16;

    private readonly BenchOptions _options;
    private readonly BenchStore _store;
    private readonly Report _report;
    private readonly ResultBook _book;
    private readonly MountBench _mounts;
    private readonly CeilingBench _ceilings;

    public Bench(BenchOptions options, Site site, BenchStore store, Report report)
    {
        (_options, _store, _report, _book) = (options, store, report, report.Book);
        var meter = new Meter(store);
        _mounts = new MountBench(options, site, store, meter);
        _ceilings = new CeilingBench(site, store, meter);
    }

    /// <summary>So that the first contender does not wait for the store's code to be compiled.</summary>
    public Task WarmStoreAsync(CancellationToken cancellationToken) => _ceilings.WarmStoreAsync(cancellationToken);

    public async Task RunAsync(StoreSetting setting, IEnumerable<Scenario> scenarios, CancellationToken cancellationToken)
    {
        await _store.SetSpeedAsync(setting, cancellationToken);
        foreach (Scenario scenario in scenarios)
        {
            Say($"{setting.Name}: {scenario.Title}");
            // How much memory is needed at most does not want a median.
            int rounds = scenario.IsForProductOnly ? 1 : _options.Rounds;
            for (int round = 0; round < rounds; round++)
            {
                foreach (Contender contender in ContendersOf(scenario))
                {
                    Row<Scenario> row = _book.RowOf(setting, scenario, contender == Contender.Tmpfs ? Pass.Warm : Pass.Cold, contender);
                    if (row.Failure is null && (round == 0 || !IsMeasuredOnce(row)))
                        await TryMeasureAsync(row, round, cancellationToken);
                }
            }
            await _report.WriteAsync(isWhole: false);
        }
    }

    private IEnumerable<Contender> ContendersOf(Scenario scenario)
    {
        yield return Contender.S3Mount;
        if (scenario.IsForProductOnly)
            yield break;
        foreach (Contender peer in _options.Peers ? ContenderNames.Peers : [])
            yield return peer;
        yield return Contender.BareSame;
        if (scenario.HasBareBest)
            yield return Contender.BareBest;
        if (scenario.HasWarmPass)
            yield return Contender.Tmpfs;
    }

    // A warm pass that was ended would be so again.
    private bool IsMeasuredOnce(Row<Scenario> row) =>
        row.Contender.IsPeer() && row.HasSamples && (row.Max > SlowRow || _book.Find(row.Setting, row.Scenario.Name, Pass.Warm, row.Contender) is { IsPartial: true });

    private async Task TryMeasureAsync(Row<Scenario> row, int round, CancellationToken cancellationToken)
    {
        try
        {
            HostMemory.Touch(row.Scenario.Bytes);
            if (row.Contender.IsCeiling())
                await MeasureCeilingAsync(row, round, cancellationToken);
            else
                await MeasureMountAsync(row, round, cancellationToken);
        }
        catch (BenchException failure)
        {
            row.Failure = failure.Message;
            Say($"  {row.Label}: {failure.Message}");
        }
    }

    private async Task MeasureMountAsync(Row<Scenario> row, int round, CancellationToken cancellationToken)
    {
        Scenario scenario = row.Scenario;
        bool isProduct = row.Contender == Contender.S3Mount;
        bool verifies = round == 0 && (isProduct || row.Setting == _options.Settings[0]);
        IReadOnlyList<Sample> samples = await MeasureUndisturbedAsync(row, verifies, cancellationToken);
        Add(row, samples[0]);
        if (samples.Count > 1)
            Add(_book.RowOf(row, Pass.Warm), samples[1]);
        if (verifies && isProduct && scenario.Kind != WorkloadKind.Walk)
            await _mounts.VerifyColdAsync(scenario, row.Contender, cancellationToken);
    }

    private async Task<IReadOnlyList<Sample>> MeasureUndisturbedAsync(Row<Scenario> row, bool verifies, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            long drops = PageCache.Drops;
            IReadOnlyList<Sample> samples = await _mounts.MeasureAsync(row.Scenario, row.Contender, verifies && attempt == 1, cancellationToken);
            // A cold pass has nothing to lose.
            if (PageCache.Drops == drops || samples.Count == 1)
                return samples;
            Say($"  somebody emptied the page cache while {row.Label} was measured");
            if (attempt == MaxAttempts)
            {
                _book.RowOf(row, Pass.Warm).Remark = "somebody emptied the page cache meanwhile";
                return samples;
            }
        }
    }

    private async Task MeasureCeilingAsync(Row<Scenario> row, int round, CancellationToken cancellationToken)
    {
        if (row.Contender == Contender.Tmpfs)
        {
            IReadOnlyList<Sample> samples = await _ceilings.TmpfsAsync(row.Scenario, cancellationToken);
            Add(row, samples[1]);
            // What an epoch costs where reading costs nothing, the start of the workers included.
            if (row.Scenario.Kind == WorkloadKind.Loader)
                Add(_book.RowOf(row, Pass.Cold), samples[0]);
            return;
        }
        if (round == 0)
            row.Connections = row.Contender == Contender.BareBest ? await _ceilings.FindBestAsync(row.Scenario, cancellationToken) : ConnectionsLikeProduct(row);
        Add(row, await _ceilings.BareAsync(row.Scenario, row.Connections, cancellationToken));
    }

    private int ConnectionsLikeProduct(Row<Scenario> row)
    {
        if (!row.Scenario.IsReadAhead)
            return row.Scenario.Threads;
        Row<Scenario>? product = _book.Find(row, Contender.S3Mount);
        return product is null ? DefaultConnections : Math.Max(1, product.Middle.Store.AtOnce);
    }

    private static void Add(Row<Scenario> row, Sample sample)
    {
        row.Add(sample);
        Say(string.Create(CultureInfo.InvariantCulture,
            $"  {row.Pass.Text()} {row.Label,-34} {(sample.IsPartial ? ">" : " ")} {sample.Client.Seconds,8:F3} s  {sample.Client.Bytes / sample.Client.Seconds / 1e6,7:F0} MB/s  CPU {sample.CpuSeconds,5:F2} s, store {sample.StoreCpu,5:F2} s  {sample.Store.Gets} GET"));
    }

    private static void Say(string line) => Console.Error.WriteLine(line);
}
