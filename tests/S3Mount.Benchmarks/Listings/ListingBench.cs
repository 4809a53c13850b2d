using System.Diagnostics;
using System.Globalization;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Listings;

/// <summary>The listings: a few million names looked for through every contender, one after the other, in rounds.</summary>
internal sealed class ListingBench(BenchOptions options, Site site, BenchStore store, ListingBook book)
{
    // A walk of a million files has little noise, and three of each would take a quarter of an hour more.
    private const int MaxRounds = 2;

    // Where s3mount has not been measured.
    private const int DefaultConnections = 16;

    private readonly ListingMounts _mounts = new(options, site, store);
    private readonly ListingCeilings _ceilings = new(site, store);

    /// <summary>So that the first contender does not wait for the store's code to be compiled.</summary>
    public Task WarmStoreAsync() => _ceilings.WarmStoreAsync(options.Trees.Part);

    public async Task RunAsync(StoreSetting setting, IEnumerable<ListingScenario> scenarios, CancellationToken cancellationToken)
    {
        await store.SetSpeedAsync(setting);
        foreach (ListingScenario scenario in scenarios.Where(scenario => scenario.Settings.Contains(setting)))
        {
            Say($"{setting.Name}: {scenario.Title}");
            for (int round = 0; round < Math.Min(options.Rounds, MaxRounds); round++)
            {
                foreach (Contender contender in scenario.Contenders.Where(contender => options.Peers || !contender.IsPeer()))
                {
                    // Between two of them nothing is mounted.
                    if (cancellationToken.IsCancellationRequested)
                        return;
                    ListingRow row = book.RowOf(setting, scenario, contender == Contender.Tmpfs ? Pass.Warm : Pass.Cold, contender);
                    if (row.Failure is null && (round == 0 || !IsMeasuredOnce(contender)))
                        await TryMeasureAsync(row);
                }
            }
        }
    }

    // Peers take minutes, and a client that lists page after page only waits.
    private static bool IsMeasuredOnce(Contender contender) => contender.IsPeer() || contender == Contender.BareInOrder;

    private async Task TryMeasureAsync(ListingRow row)
    {
        try
        {
            if (row.Contender.IsCeiling())
                await MeasureCeilingAsync(row);
            else
                await MeasureMountAsync(row);
        }
        catch (BenchException failure)
        {
            row.Failure = failure.Message;
            Say($"  {row.Label}: {failure.Message}");
        }
    }

    private async Task MeasureMountAsync(ListingRow row)
    {
        if (row.Scenario.UsesSnapshot)
        {
            await MeasureSnapshotAsync(row);
            return;
        }
        IReadOnlyList<ListingSample> samples = await _mounts.MeasureAsync(row.Scenario, row.Contender);
        Add(row, samples[0]);
        if (samples.Count > 1)
            Add(book.RowOf(row.Setting, row.Scenario, Pass.Warm, row.Contender), samples[1]);
    }

    private async Task MeasureSnapshotAsync(ListingRow row)
    {
        string file = Path.Combine(site.Scratch, "snapshot-" + row.Setting.Name);
        long start = Stopwatch.GetTimestamp();
        if (!File.Exists(file) && await _mounts.CreateSnapshotAsync(row.Scenario, file) is { } refusal)
        {
            (row.IsSkipped, row.Failure) = (true, refusal);
            Say($"  {row.Label}: {refusal}");
            return;
        }
        if (row.Remark.Length == 0)
            row.Remark = string.Create(CultureInfo.InvariantCulture, $"the file has {new FileInfo(file).Length / 1048576.0:0} MiB and was made in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        Add(row, await _mounts.MeasureWithSnapshotAsync(row.Scenario, file));
    }

    private async Task MeasureCeilingAsync(ListingRow row)
    {
        if (row.Contender == Contender.Tmpfs)
        {
            Add(row, await _ceilings.TmpfsAsync(row.Scenario));
            return;
        }
        if (row.Connections == 0)
            row.Connections = row.Contender == Contender.BareInOrder ? 1 : ConnectionsLikeProduct(row);
        Add(row, await _ceilings.BareAsync(row.Scenario, row.Contender, row.Connections));
    }

    private int ConnectionsLikeProduct(ListingRow row) =>
        book.Find(row.Setting, row.Scenario.Name, Pass.Cold, Contender.S3Mount) is { } product ? Math.Max(1, product.Middle.Pass.Store.AtOnce) : DefaultConnections;

    private static void Add(ListingRow row, ListingSample sample)
    {
        row.Add(sample);
        Sample pass = sample.Pass;
        Say(string.Create(CultureInfo.InvariantCulture,
            $"  {(row.Pass == Pass.Cold ? "cold" : "warm")} {row.Label,-40} {sample.Seconds,8:F3} s  {pass.Client.Files / sample.Seconds,8:F0} files/s  {pass.Store.Lists} LIST, {pass.Store.AtOnce} at once  CPU {pass.Mount.CpuSeconds:F2} s, store {pass.StoreCpu:F2} s  {pass.Mount.RssBytes >> 20} MiB  {pass.Mount.ReadCalls} read(2)"));
    }

    private static void Say(string line) => Console.Error.WriteLine(line);
}
