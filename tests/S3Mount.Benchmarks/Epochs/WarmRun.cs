using System.Diagnostics;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;
using S3Mount.Testing.Processes;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>Measures <c>s3mount warm</c>, from its command to its end.</summary>
internal sealed class WarmRun(EpochMounts mounts)
{
    /// <summary>All images, on a mount that has walked them, into an empty cache.</summary>
    public async Task<Sample> MeasureAsync(EpochScenario scenario, bool verifies, CancellationToken cancellationToken)
    {
        using var cache = new CacheFor(mounts.Site);
        await using RunningMount mount = await mounts.StartPreparedAsync(scenario, Contender.S3Mount, cache.Options, cancellationToken);
        string directory = Path.Combine(mount.Directory, EpochImages.Directory);
        await mounts.Store.ResetCountsAsync(cancellationToken);
        Sample sample = await mounts.Meter.MeasureAsync(token => TimeAsync(scenario, directory, token), mount, cancellationToken);
        // It fails unless all of it is there.
        await RunAsync(directory, cancellationToken, "--check");
        if (verifies)
            await mounts.VerifyAsync(scenario, mount.Directory, cancellationToken);
        return sample;
    }

    /// <summary>Brings a directory near, or with options does something else about it.</summary>
    /// <exception cref="BenchException">It failed.</exception>
    public async Task RunAsync(string directory, CancellationToken cancellationToken, params string[] more)
    {
        ChildResult result = await ProgramRun.RunAsync(mounts.Program, ["warm", directory, .. more], cancellationToken);
        if (result.ExitCode != 0)
            throw new BenchException($"s3mount warm {string.Join(' ', more)} failed: {(result.Error + result.Output).Trim()}");
    }

    private async Task<ClientResult> TimeAsync(EpochScenario scenario, string directory, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await RunAsync(directory, cancellationToken);
        return new ClientResult(Stopwatch.GetElapsedTime(start).TotalSeconds, scenario.Objects.Count, scenario.Bytes);
    }
}
