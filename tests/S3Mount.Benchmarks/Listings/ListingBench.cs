using System.Diagnostics;
using System.Globalization;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Listings;

/// <summary>The listings: a few million names looked for through every contender, one after the other, in rounds.</summary>
internal sealed class ListingBench(BenchOptions options, Site site, BenchStore store, Report report)
{
    // A walk of a million files has little noise, and three of each would take a quarter of an hour more.
    private const int MaxRounds = 2;

    // Where s3mount has not been measured.
    private const int DefaultConnections = 16;

    private readonly ListingMounts _mounts = new(options, site, store);
    private readonly ListingCeilings _ceilings = new(site, store);
    private readonly RowBook<ListingScenario> _book = report.Listings;

    /// <summary>So that the first contender does not wait for the store's code to be compiled.</summary>
    public Task WarmStoreAsync(CancellationToken cancellationToken) => _ceilings.WarmStoreAsync(options.Trees.Part, cancellationToken);

    public async Task RunAsync(StoreSetting setting, IEnumerable<ListingScenario> scenarios, CancellationToken cancellationToken)
    {
        await store.SetSpeedAsync(setting, cancellationToken);
        foreach (ListingScenario scenario in scenarios.Where(scenario => scenario.Settings.Contains(setting)))
        {
            Say($"{setting.Name}: {scenario.Title}");
            for (int round = 0; round < Math.Min(options.Rounds, MaxRounds); round++)
            {
                foreach (Contender contender in scenario.Contenders.Where(contender => options.Peers || !contender.IsPeer()))
                {
                    Row<ListingScenario> row = _book.RowOf(setting, scenario, contender == Contender.Tmpfs ? Pass.Warm : Pass.Cold, contender);
                    if (row.Failure is null && (round == 0 || !IsMeasuredOnce(contender)))
                        await TryMeasureAsync(row, cancellationToken);
                }
            }
            await report.WriteAsync(isWhole: false);
        }
    }

    // Peers take minutes, and a client that lists page after page only waits.
    private static bool IsMeasuredOnce(Contender contender) => contender.IsPeer() || contender == Contender.BareInOrder;

    private async Task TryMeasureAsync(Row<ListingScenario> row, CancellationToken cancellationToken)
    {
        try
        {
            if (row.Contender.IsCeiling())
                await MeasureCeilingAsync(row, cancellationToken);
            else if (row.Scenario.UsesSnapshot)
                await MeasureSnapshotAsync(row, cancellationToken);
            else
                await MeasureMountAsync(row, cancellationToken);
        }
        catch (BenchException failure)
        {
            row.Failure = failure.Message;
            Say($"  {row.Label}: {failure.Message}");
        }
    }

    private async Task MeasureMountAsync(Row<ListingScenario> row, CancellationToken cancellationToken)
    {
        IReadOnlyList<Sample> samples = await _mounts.MeasureAsync(row.Scenario, row.Contender, cancellationToken);
        Add(row, samples[0]);
        if (samples.Count > 1)
            Add(_book.RowOf(row, Pass.Warm), samples[1]);
    }

    private async Task MeasureSnapshotAsync(Row<ListingScenario> row, CancellationToken cancellationToken)
    {
        string file = Path.Combine(site.Scratch, "snapshot-" + row.Setting.Name);
        long start = Stopwatch.GetTimestamp();
        if (!File.Exists(file) && await _mounts.CreateSnapshotAsync(row.Scenario, file, cancellationToken) is { } refusal)
        {
            (row.IsSkipped, row.Failure) = (true, refusal);
            Say($"  {row.Label}: {refusal}");
            return;
        }
        if (row.Remark.Length == 0)
            row.Remark = string.Create(CultureInfo.InvariantCulture, $"the file has {new FileInfo(file).Length / Cells.Mebibyte:0} MiB and was made in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        Add(row, await _mounts.MeasureWithSnapshotAsync(row.Scenario, file, cancellationToken));
    }

    private async Task MeasureCeilingAsync(Row<ListingScenario> row, CancellationToken cancellationToken)
    {
        if (row.Contender == Contender.Tmpfs)
        {
            Add(row, await _ceilings.TmpfsAsync(row.Scenario, cancellationToken));
            return;
        }
        if (row.Connections == 0)
            row.Connections = row.Contender == Contender.BareInOrder ? 1 : ConnectionsLikeProduct(row);
        Add(row, await _ceilings.BareAsync(row.Scenario, row.Contender, row.Connections, cancellationToken));
    }

    private int ConnectionsLikeProduct(Row<ListingScenario> row) =>
        _book.Find(row, Contender.S3Mount) is { } product ? Math.Max(1, product.Middle.Store.AtOnce) : DefaultConnections;

    private static void Add(Row<ListingScenario> row, Sample sample)
    {
        row.Add(sample);
        if (sample.IsPartial)
            row.Remark = string.Create(CultureInfo.InvariantCulture, $"{sample.Client.Files} files by then");
        Say(string.Create(CultureInfo.InvariantCulture,
            $"  {row.Pass.Text()} {row.Label,-40} {sample.Seconds,8:F3} s  {sample.FilesPerSecond,8:F0} files/s  {sample.Store.Lists} LIST, {sample.Store.AtOnce} at once  CPU {sample.CpuSeconds:F2} s, store {sample.StoreCpu:F2} s  {sample.Mount.RssBytes >> 20} MiB  {sample.Mount.ReadCalls} read(2)"));
    }

    private static void Say(string line) => Console.Error.WriteLine(line);
}
