using S3Mount.Benchmarks.Epochs;
using S3Mount.Benchmarks.Faults;
using S3Mount.Benchmarks.Hits;
using S3Mount.Benchmarks.Listings;

namespace S3Mount.Benchmarks.Results;

/// <summary>What a run has measured so far, and its files: written anew after each scenario, so that a run that is ended leaves what it had.</summary>
internal sealed class Report(BenchOptions options)
{
    public ResultBook Book { get; } = new();

    public RowBook<ListingScenario> Listings { get; } = new();

    public RowBook<EpochScenario> Epochs { get; } = new();

    public FaultBook Faults { get; } = new();

    public IReadOnlyList<HitResult> Hits { get; set; } = [];

    public bool ProductFailed => Book.ProductFailed || Listings.ProductFailed || Epochs.ProductFailed || Faults.HasFailed;

    /// <summary>The page that was written.</summary>
    /// <param name="isWhole">Everything that was asked for has been tried.</param>
    public async Task<string> WriteAsync(bool isWhole)
    {
        string page = MarkdownReport.Write(options, this, isWhole);
        Directory.CreateDirectory(options.Results);
        await ReplaceAsync("bench.md", page);
        if (Book.Rows.Count > 0)
            await ReplaceAsync("bench.svg", SvgPicture.Draw(options, Book));
        return page;
    }

    // Who looks at it, or is ended here, has the file before or the one after.
    private async Task ReplaceAsync(string name, string text)
    {
        string path = Path.Combine(options.Results, name);
        await File.WriteAllTextAsync(path + ".part", text, CancellationToken.None);
        File.Move(path + ".part", path, overwrite: true);
    }
}
