using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Datasets;
using S3Mount.Benchmarks.Epochs;
using S3Mount.Benchmarks.Faults;
using S3Mount.Benchmarks.Hits;
using S3Mount.Benchmarks.Listings;
using S3Mount.Benchmarks.Results;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks;

/// <summary>One run from its command line to its reports: makes the data, starts the store, measures, cleans up.</summary>
internal static class BenchRun
{
    private const int ImageCount = 2000;

    public static async Task<int> RunAsync(BenchOptions options)
    {
        using var stop = new StopSignals();
        var report = new Report(options);
        bool isWhole = false;
        try
        {
            await MeasureAsync(options, report, stop.Token);
            isWhole = true;
        }
        catch (OperationCanceledException) when (stop.ExitCode is not null)
        {
            await Console.Error.WriteLineAsync("ended by a signal; what was measured before is kept");
        }
        finally
        {
            Console.WriteLine(await report.WriteAsync(isWhole));
            await Console.Error.WriteLineAsync($"table and picture are in {options.Results}");
        }
        return stop.ExitCode ?? (report.ProductFailed ? 1 : 0);
    }

    private static async Task MeasureAsync(BenchOptions options, Report report, CancellationToken cancellationToken)
    {
        if (options.Includes(HitBench.Name))
        {
            report.Hits = await HitBench.RunAsync(cancellationToken);
            await report.WriteAsync(isWhole: false);
        }
        using var site = new Site();
        BenchObject[] images = await WantsImagesAsync(options, cancellationToken) ? site.Reference.AddImages(ImageCount, cancellationToken) : [];
        Dictionary<StoreSetting, Scenario[]> scenarios = options.Settings.ToDictionary(
            setting => setting, setting => ScenarioCatalog.All(setting, images).Where(scenario => options.Includes(scenario.Name)).ToArray());
        ListingScenario[] listed = [.. ListingCatalog.All(options.Trees).Where(scenario => options.Includes(scenario.Name) && scenario.Settings.Intersect(options.Settings).Any())];
        EpochScenario[] epochs = await EpochsAsync(options, site, cancellationToken);
        FaultScenario[] faults = [.. FaultCatalog.All().Where(scenario => options.Includes(scenario.Name) && options.Settings.Contains(StoreSetting.Remote))];
        bool reads = scenarios.Values.Any(chosen => chosen.Length > 0);
        if (!reads && listed.Length == 0 && epochs.Length == 0 && faults.Length == 0)
            return;
        IEnumerable<BenchObject> read = scenarios.Values.SelectMany(all => all).SelectMany(scenario => scenario.Objects).Concat(epochs.SelectMany(epoch => epoch.Objects)).Concat(faults.SelectMany(fault => fault.Objects));
        await using BenchStore store = await BenchStore.StartAsync(site.Scratch, ContentOf(site, read, listed.Length > 0 ? options.Trees.All : []), cancellationToken);
        if (reads)
            await RunAsync(new Bench(options, site, store, report), scenarios, cancellationToken);
        if (listed.Length > 0)
            await RunAsync(new ListingBench(options, site, store, report), options.Settings, listed, cancellationToken);
        if (epochs.Length > 0)
            await new EpochBench(options, site, store, report).RunAsync(epochs, cancellationToken);
        if (faults.Length > 0)
            await new FaultBench(options, site, store, report).RunAsync(faults, cancellationToken);
    }

    private static async Task RunAsync(Bench bench, Dictionary<StoreSetting, Scenario[]> scenarios, CancellationToken cancellationToken)
    {
        await bench.WarmStoreAsync(cancellationToken);
        foreach ((StoreSetting setting, Scenario[] chosen) in scenarios)
            await bench.RunAsync(setting, chosen, cancellationToken);
    }

    private static async Task RunAsync(ListingBench bench, IEnumerable<StoreSetting> settings, ListingScenario[] listed, CancellationToken cancellationToken)
    {
        await bench.WarmStoreAsync(cancellationToken);
        foreach (StoreSetting setting in settings)
            await bench.RunAsync(setting, listed, cancellationToken);
    }

    private static BenchContent ContentOf(Site site, IEnumerable<BenchObject> read, IEnumerable<ListingTree> trees)
    {
        BenchObject[] objects = [.. read.Concat(Objects.WarmUp).Distinct()];
        string[] directories = [.. objects.Where(o => o.Seed == ReadRange.OfFile).Select(o => o.Key[..o.Key.IndexOf('/', StringComparison.Ordinal)]).Distinct()];
        return new BenchContent(objects, directories.Select(name => Path.Combine(site.Reference.Root, name)), trees);
    }

    // They have a store that is far away, or none.
    private static async Task<EpochScenario[]> EpochsAsync(BenchOptions options, Site site, CancellationToken cancellationToken)
    {
        EpochScenario[] chosen = [.. EpochCatalog.All([], options.Images).Where(scenario => options.Includes(scenario.Name) && options.Settings.Contains(StoreSetting.Remote))];
        if (chosen.Any(scenario => scenario.UsesLoader) && !await HasTorchVisionAsync(cancellationToken))
            chosen = [.. chosen.Where(scenario => !scenario.UsesLoader)];
        BenchObject[] images = chosen.Any(scenario => scenario.UsesImages) ? EpochImages.Make(site.Reference.Root, options.Images, cancellationToken) : [];
        return [.. EpochCatalog.All(images, options.Images).Where(scenario => chosen.Any(other => other.Name == scenario.Name))];
    }

    private static async Task<bool> WantsImagesAsync(BenchOptions options, CancellationToken cancellationToken) =>
        (options.Includes(ScenarioCatalog.Images) || options.Includes(ScenarioCatalog.DecodedImages)) && await HasTorchVisionAsync(cancellationToken);

    private static async Task<bool> HasTorchVisionAsync(CancellationToken cancellationToken)
    {
        if (await TorchVision.IsPresentAsync(cancellationToken))
            return true;
        await Console.Error.WriteLineAsync("the ImageFolder rows are left out: /usr/bin/python3 has no torchvision (Debian: python3-torchvision)");
        return false;
    }
}
