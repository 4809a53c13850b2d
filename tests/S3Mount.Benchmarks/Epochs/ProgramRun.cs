using System.Diagnostics;
using System.Text.Json;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.Testing.Processes;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>Commands of s3mount that end by themselves.</summary>
internal static class ProgramRun
{
    private static readonly ChildProcessOptions _options = new() { Deadline = PassLimit.Longest.Time };

    // A mount can be asked when its socket is there, which is after it can be read.
    private static readonly TimeSpan _statusDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(20);

    /// <exception cref="BenchException">It did not end.</exception>
    public static async Task<ChildResult> RunAsync(string program, string[] words, CancellationToken cancellationToken)
    {
        try
        {
            return await ChildProcess.RunAsync(program, words, _options, cancellationToken);
        }
        catch (ChildProcessException failure)
        {
            throw new BenchException(failure.Message);
        }
    }

    /// <summary>What <c>s3mount status --json</c> says of the disk cache of a mount.</summary>
    /// <exception cref="BenchException">The mount does not answer, or has none.</exception>
    public static async Task<DiskCacheStatistics> CacheOfAsync(string program, string mountpoint, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            ChildResult result = await RunAsync(program, ["status", mountpoint, "--json"], cancellationToken);
            if (result.ExitCode == 0 && CacheOf(result.Output) is { } cache)
                return cache;
            if (Stopwatch.GetElapsedTime(start) > _statusDeadline)
                throw new BenchException($"s3mount status says nothing of a cache: {(result.Error + result.Output).Trim()}");
            await Task.Delay(_pollInterval, cancellationToken);
        }
    }

    private static DiskCacheStatistics? CacheOf(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement[0].TryGetProperty("status", out JsonElement status) && status.TryGetProperty("cache", out JsonElement cache)
            ? cache.Deserialize<DiskCacheStatistics>(JsonSerializerOptions.Web)
            : null;
    }
}
