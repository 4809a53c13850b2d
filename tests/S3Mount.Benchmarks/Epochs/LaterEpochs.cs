using System.Globalization;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;
using S3Mount.FileSystem.Caching.Disk;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>Measures epochs after the first: the daemon has ended since, and the kernel has forgotten what it read.</summary>
internal sealed class LaterEpochs(EpochMounts mounts, WarmRun warm)
{
    private const int Epochs = 3;

    /// <summary>The first epoch while the cache is filled, the rest of it warmed; then another mount, and the second.</summary>
    public async Task<Sample> SecondAsync(EpochScenario scenario, bool verifies, CancellationToken cancellationToken)
    {
        using var cache = new CacheFor(mounts.Site);
        await FillAsync(scenario, cache, cancellationToken);
        await using RunningMount mount = await mounts.StartPreparedAsync(scenario, Contender.S3Mount, cache.Options, cancellationToken);
        Workload workload = EpochWorkloads.Of(scenario, mounts.Site, mount.Directory);
        Sample sample;
        await using (ClientProcess client = await EpochMounts.StartClientAsync(workload, Contender.S3Mount, cancellationToken))
        {
            PageCache.Drop(cache.Path);
            sample = await mounts.PassAsync(client, scenario, mount, cancellationToken);
        }
        if (verifies)
            await mounts.VerifyAsync(scenario, mount.Directory, cancellationToken);
        return sample;
    }

    /// <summary>The second and the third epoch, each in an order of its own, with a cache of half of what is read.</summary>
    public async Task<IReadOnlyList<Sample>> HalfAsync(EpochScenario scenario, bool verifies, CancellationToken cancellationToken)
    {
        using var cache = new CacheFor(mounts.Site);
        long size = Math.Max(DiskCacheOptions.SmallestSize, scenario.Bytes / 2);
        string[] extra = [.. cache.Options, "--max-cache-size", size.ToString(CultureInfo.InvariantCulture)];
        var samples = new List<Sample>();
        for (int epoch = 1; epoch <= Epochs; epoch++)
        {
            await using RunningMount mount = await mounts.StartOfImagesAsync(extra, cancellationToken);
            Workload workload = EpochWorkloads.Of(scenario, mounts.Site, mounts.RootOfImages) with { Seed = epoch };
            await using (ClientProcess client = await EpochMounts.StartClientAsync(workload, Contender.S3Mount, cancellationToken))
                samples.Add(await mounts.PassAsync(client, scenario, mount, cancellationToken));
            if (verifies && epoch == Epochs)
                await mounts.VerifyAsync(scenario, mounts.RootOfImages, cancellationToken);
        }
        return samples[1..];
    }

    private async Task FillAsync(EpochScenario scenario, CacheFor cache, CancellationToken cancellationToken)
    {
        await using RunningMount mount = await mounts.StartOfImagesAsync([.. cache.Options, "--hydrate"], cancellationToken);
        Workload workload = EpochWorkloads.Of(scenario, mounts.Site, mounts.RootOfImages) with { Seed = 1 };
        await using (ClientProcess client = await EpochMounts.StartClientAsync(workload, Contender.S3Mount, cancellationToken))
            await mounts.PassAsync(client, scenario, mount, cancellationToken);
        await warm.RunAsync(mount.Directory, cancellationToken);
    }
}
