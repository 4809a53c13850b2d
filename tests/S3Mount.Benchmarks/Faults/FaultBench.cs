using System.Globalization;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Faults;

/// <summary>s3mount alone, with a store in which things go wrong.</summary>
internal sealed class FaultBench
{
    private readonly BenchOptions _options;
    private readonly Site _site;
    private readonly BenchStore _store;
    private readonly Report _report;
    private readonly FaultMounts _mounts;

    public FaultBench(BenchOptions options, Site site, BenchStore store, Report report)
    {
        (_options, _site, _store, _report) = (options, site, store, report);
        _mounts = new FaultMounts(options, site, store);
    }

    public async Task RunAsync(IEnumerable<FaultScenario> scenarios, CancellationToken cancellationToken)
    {
        await _store.SetSpeedAsync(StoreSetting.Loopback, cancellationToken);
        await new CeilingBench(_site, _store, new Meter(_store)).WarmStoreAsync(cancellationToken);
        foreach (FaultScenario scenario in scenarios)
        {
            StoreSetting setting = scenario.Kind == FaultKind.Checksums ? StoreSetting.Loopback : StoreSetting.Remote;
            await _store.SetSpeedAsync(setting, cancellationToken);
            Say($"{setting.Name}: {scenario.Title}");
            FaultRow row = _report.Faults.Add(scenario);
            for (int round = 0; round < (scenario.IsMeasuredOnce ? 1 : _options.Rounds) && row.Failure is null; round++)
                await TryMeasureAsync(row, verifies: round == 0, cancellationToken);
            await _report.WriteAsync(isWhole: false);
        }
    }

    private async Task TryMeasureAsync(FaultRow row, bool verifies, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<FaultFigure> figures = await MeasureAsync(row.Scenario, verifies, cancellationToken);
            row.Add(figures);
            Say("  " + string.Join(", ", figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Name} {figure.Value:0.###} {figure.Unit}").TrimEnd())));
        }
        catch (BenchException failure)
        {
            row.Failure = failure.Message;
            Say($"  {failure.Message}");
        }
        // A row that has failed leaves what it had set.
        await _store.ClearFaultsAsync(cancellationToken);
        await _store.ServeAsync(cancellationToken);
    }

    private Task<IReadOnlyList<FaultFigure>> MeasureAsync(FaultScenario scenario, bool verifies, CancellationToken cancellationToken) => scenario.Kind switch
    {
        FaultKind.Stalls => new StalledReads(_mounts).MeasureAsync(scenario, verifies, cancellationToken),
        FaultKind.StalledParts => new StalledParts(_mounts).MeasureAsync(scenario, verifies, cancellationToken),
        FaultKind.SlowDown => new SlowDown(_mounts).MeasureAsync(scenario, cancellationToken),
        FaultKind.Gone => new StoreGone(_mounts).MeasureAsync(scenario, cancellationToken),
        FaultKind.Memory => new ManyReaders(_mounts).MeasureAsync(scenario, cancellationToken),
        FaultKind.Stop => new SilentStop(_mounts).MeasureAsync(scenario, cancellationToken),
        _ => new ChecksumCost(_mounts).MeasureAsync(scenario, verifies, cancellationToken),
    };

    private static void Say(string line) => Console.Error.WriteLine(line);
}
