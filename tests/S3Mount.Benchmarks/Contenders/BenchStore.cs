using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Datasets;
using S3Mount.Benchmarks.Listings;

namespace S3Mount.Benchmarks.Contenders;

/// <summary>
/// The store that is read from: the S3 server of tests/S3Mount.Testing in a process of its own, with a public bucket. Nothing is
/// signed, so that neither side of a comparison pays for signatures.
/// </summary>
internal sealed class BenchStore : IAsyncDisposable
{
    public const string Bucket = "bench";

    private static readonly TimeSpan _startDeadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly HttpClient _control;

    private BenchStore(Process process, string endpoint)
    {
        _process = process;
        Endpoint = endpoint;
        _control = new HttpClient { BaseAddress = new Uri(endpoint + "/_s3mount/"), Timeout = TimeSpan.FromSeconds(10) };
    }

    /// <summary>Without a slash at its end.</summary>
    public string Endpoint { get; }

    public string BucketUrl => $"{Endpoint}/{Bucket}/";

    public ProcessUsage Usage => ProcessUsage.Of(_process.Id);

    public static async Task<BenchStore> StartAsync(string scratch, IEnumerable<BenchObject> objects, string? tree, IEnumerable<ListingTree> listed)
    {
        string list = Path.Combine(scratch, "objects.txt");
        await File.WriteAllLinesAsync(list, objects.Where(o => o.Seed != ReadRange.OfFile).Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Key}\t{o.Size}\t{o.Seed}")));
        // The server is built beside the bench.
        string[] command = [Path.Combine(AppContext.BaseDirectory, "S3Mount.Testing.dll"), "serve", "--anonymous", "--bucket", Bucket, "--ramp-list", list];
        string[] images = tree is null ? [] : ["--tree", tree];
        var start = new ProcessStartInfo("dotnet", [.. command, .. images, .. listed.SelectMany(computed => (string[])["--synthetic", computed.ServeArgument])]) { RedirectStandardOutput = true };
        Process process = Process.Start(start) ?? throw new BenchException("the server did not start");
        using var deadline = new CancellationTokenSource(_startDeadline);
        string? endpoint = await process.StandardOutput.ReadLineAsync(deadline.Token);
        return endpoint is null ? throw new BenchException("the server ended before it was ready") : new BenchStore(process, endpoint);
    }

    public async Task SetSpeedAsync(StoreSetting setting)
    {
        using HttpResponseMessage response = await _control.PostAsJsonAsync("speed", new { setting.FirstByteMilliseconds, setting.ListingMilliseconds, setting.BytesPerSecond });
        response.EnsureSuccessStatusCode();
    }

    public async Task ResetCountsAsync()
    {
        using HttpResponseMessage response = await _control.PostAsync("reset", null);
        response.EnsureSuccessStatusCode();
    }

    public async Task<StoreCounts> CountsAsync()
    {
        using JsonDocument stats = JsonDocument.Parse(await _control.GetStringAsync("stats"));
        return StoreCounts.Read(stats.RootElement);
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
