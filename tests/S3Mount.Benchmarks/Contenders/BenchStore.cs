using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Datasets;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.Benchmarks.Contenders;

/// <summary>
/// The store that is read from: the S3 server of tests/S3Mount.Testing in a process of its own, with a public bucket. Nothing is
/// signed, so that neither side of a comparison pays for signatures.
/// </summary>
internal sealed class BenchStore : IAsyncDisposable
{
    public const string Bucket = "bench";

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };
    private static readonly TimeSpan _startDeadline = TimeSpan.FromSeconds(60);

    private readonly Child _process;
    private readonly HttpClient _control;

    private BenchStore(Child process, string endpoint)
    {
        _process = process;
        Endpoint = endpoint;
        _control = new HttpClient { BaseAddress = new Uri(endpoint + "/_s3mount/"), Timeout = TimeSpan.FromSeconds(10) };
    }

    /// <summary>Without a slash at its end.</summary>
    public string Endpoint { get; }

    public string BucketUrl => $"{Endpoint}/{Bucket}/";

    public ProcessUsage Usage => ProcessUsage.Of(_process.Id);

    public static async Task<BenchStore> StartAsync(string scratch, BenchContent content, CancellationToken cancellationToken)
    {
        string list = Path.Combine(scratch, "objects.txt");
        IEnumerable<string> lines = content.Objects.Where(o => o.Seed != ReadRange.OfFile).Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Key}\t{o.Size}\t{o.Seed}\t{o.Checksum}"));
        await File.WriteAllLinesAsync(list, lines, cancellationToken);
        // The server is built beside the bench. It ends with its input, and so with the bench, however that ends.
        string server = Path.Combine(AppContext.BaseDirectory, "S3Mount.Testing.dll");
        IEnumerable<string> images = content.ImageDirectories.SelectMany(tree => (string[])["--tree", tree]);
        IEnumerable<string> listed = content.Trees.SelectMany(computed => (string[])["--synthetic", computed.ServeArgument]);
        Child process = Child.Start(["dotnet", server, "serve", "--anonymous", "--until-stdin-closes", "--bucket", Bucket, "--ramp-list", list, .. images, .. listed], keepsErrors: false);
        try
        {
            return new BenchStore(process, await process.ReadLineAsync(_startDeadline, cancellationToken));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public Task SetSpeedAsync(StoreSetting setting, CancellationToken cancellationToken) =>
        PostAsync("speed", JsonContent.Create(new { setting.FirstByteMilliseconds, setting.ListingMilliseconds, setting.BytesPerSecond }), cancellationToken);

    public Task ResetCountsAsync(CancellationToken cancellationToken) => PostAsync("reset", null, cancellationToken);

    public Task AddFaultAsync(FaultRule rule, CancellationToken cancellationToken) => PostAsync("faults", JsonContent.Create(rule, options: _json), cancellationToken);

    public async Task ClearFaultsAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _control.DeleteAsync("faults", cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>What happens to new connections for a time; those that are open are reset.</summary>
    public async Task InterruptAsync(ConnectionMode mode, TimeSpan duration, CancellationToken cancellationToken)
    {
        await PostAsync("connections", JsonContent.Create(new { mode, milliseconds = duration.TotalMilliseconds }, options: _json), cancellationToken);
        await PostAsync("reset-connections", null, cancellationToken);
    }

    public Task ServeAsync(CancellationToken cancellationToken) => PostAsync("connections", JsonContent.Create(new { mode = ConnectionMode.Serve }, options: _json), cancellationToken);

    public async Task<StoreCounts> CountsAsync(CancellationToken cancellationToken)
    {
        using JsonDocument stats = JsonDocument.Parse(await _control.GetStringAsync("stats", cancellationToken));
        return StoreCounts.Read(stats.RootElement);
    }

    public ValueTask DisposeAsync()
    {
        _control.Dispose();
        return _process.DisposeAsync();
    }

    private async Task PostAsync(string name, HttpContent? content, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _control.PostAsync(name, content, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
