using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace S3Mount.Benchmarks.Mounts;

/// <summary>
/// The store that is read from: the S3 server of tests/S3Mount.Testing in a process of its own, with a public bucket. Its
/// objects are computed, so that filling it costs nothing.
/// </summary>
internal sealed class BenchStore : IAsyncDisposable
{
    public const string Bucket = "bench";

    private readonly Process _process;
    private readonly HttpClient _control = new();

    private BenchStore(Process process, Uri endpoint) => (_process, Endpoint) = (process, endpoint);

    public Uri Endpoint { get; }

    public Uri BucketUri => new(Endpoint, Bucket + "/");

    public double CpuSeconds => ProcessUsage.Of(_process.Id).CpuSeconds;

    public static async Task<BenchStore> StartAsync(StoreSetting setting, IReadOnlyList<BenchObject> objects)
    {
        string list = Path.GetTempFileName();
        await File.WriteAllLinesAsync(list, objects.Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Key}\t{o.Size}")));
        // The server is built beside the bench.
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (string argument in (string[])[Path.Combine(AppContext.BaseDirectory, "S3Mount.Testing.dll"), "serve", "--anonymous", "--bucket", Bucket, "--ramp-list", list, .. setting.Arguments])
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start) ?? throw new InvalidOperationException("the server did not start");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            int at = line.IndexOf("http://", StringComparison.Ordinal);
            if (at >= 0 && Uri.TryCreate(line[at..].Trim(), UriKind.Absolute, out Uri? endpoint))
                return new BenchStore(process, endpoint);
        }
        throw new InvalidOperationException("the server ended before it was ready");
    }

    public async Task<StoreCounts> CountsAsync()
    {
        using JsonDocument stats = JsonDocument.Parse(await _control.GetStringAsync(new Uri(Endpoint, "/_s3mount/stats")));
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
