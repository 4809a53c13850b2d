using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Datasets;
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
        IReadOnlyList<HitResult> hits = options.Includes(HitBench.Name) ? await HitBench.RunAsync() : [];
        (ResultBook book, ListingBook listings) = await MeasureAsync(options);
        await ReportAsync(options, book, hits, listings);
        return book.ProductFailed || listings.ProductFailed ? 1 : 0;
    }

    private static async Task<(ResultBook Book, ListingBook Listings)> MeasureAsync(BenchOptions options)
    {
        (var book, var listings) = (new ResultBook(), new ListingBook());
        using var site = new Site();
        BenchObject[] images = WantsImages(options) ? site.Reference.AddImages(ImageCount) : [];
        Dictionary<StoreSetting, Scenario[]> scenarios = options.Settings.ToDictionary(
            setting => setting, setting => ScenarioCatalog.All(setting, images).Where(scenario => options.Includes(scenario.Name)).ToArray());
        ListingScenario[] listed = [.. ListingCatalog.All(options.Trees).Where(scenario => options.Includes(scenario.Name) && scenario.Settings.Intersect(options.Settings).Any())];
        if (listed.Length == 0 && scenarios.Values.All(chosen => chosen.Length == 0))
            return (book, listings);
        IEnumerable<BenchObject> objects = scenarios.Values.SelectMany(all => all).SelectMany(scenario => scenario.Objects).Concat(Objects.WarmUp).Distinct();
        await using BenchStore store = await BenchStore.StartAsync(site.Scratch, objects, images.Length > 0 ? site.Reference.ImageDirectory : null, listed.Length > 0 ? options.Trees.All : []);
        var bench = new Bench(options, site, store, book);
        await bench.WarmStoreAsync();
        using var stop = new StopSignals();
        foreach ((StoreSetting setting, Scenario[] chosen) in scenarios)
            await bench.RunAsync(setting, chosen, stop.Token);
        var listingBench = new ListingBench(options, site, store, listings);
        if (listed.Length > 0)
            await listingBench.WarmStoreAsync();
        foreach (StoreSetting setting in options.Settings)
            await listingBench.RunAsync(setting, listed, stop.Token);
        return (book, listings);
    }

    private static bool WantsImages(BenchOptions options)
    {
        if (!options.Includes(ScenarioCatalog.Images) && !options.Includes(ScenarioCatalog.Images + "-decode"))
            return false;
        if (TorchVision.IsPresent)
            return true;
        Console.Error.WriteLine("the ImageFolder rows are left out: /usr/bin/python3 has no torchvision (Debian: python3-torchvision)");
        return false;
    }

    private static async Task ReportAsync(BenchOptions options, ResultBook book, IReadOnlyList<HitResult> hits, ListingBook listings)
    {
        string report = MarkdownReport.Write(options, book, hits, listings);
        Console.WriteLine(report);
        Directory.CreateDirectory(options.Results);
        await File.WriteAllTextAsync(Path.Combine(options.Results, "bench.md"), report);
        if (book.Rows.Count > 0)
            await File.WriteAllTextAsync(Path.Combine(options.Results, "bench.svg"), SvgPicture.Draw(options, book));
        Console.Error.WriteLine($"table and picture are in {options.Results}");
    }
}
