using System.Diagnostics;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>Measures first epochs: what s3mount does to bring data near, s3mount without it, and the peers.</summary>
internal sealed class FirstEpochs(EpochMounts mounts)
{
    public Task<Sample> MeasureAsync(EpochScenario scenario, Contender contender, bool verifies, CancellationToken cancellationToken) =>
        contender == Contender.S3Mount && scenario.Kind == EpochKind.Hydrate
            ? HydratedAsync(scenario, verifies, cancellationToken)
            : PreparedAsync(scenario, contender, verifies, cancellationToken);

    // Whatever comes before the epoch would have hydrated: the clock runs from the mount on, and the listing is in it.
    private async Task<Sample> HydratedAsync(EpochScenario scenario, bool verifies, CancellationToken cancellationToken)
    {
        using var cache = new CacheFor(mounts.Site);
        Workload workload = EpochWorkloads.Of(scenario, mounts.Site, mounts.RootOfImages) with { ListsInPass = true };
        await using ClientProcess client = await EpochMounts.StartClientAsync(workload, Contender.S3Mount, cancellationToken);
        await mounts.Store.ResetCountsAsync(cancellationToken);
        await using RunningMount mount = await mounts.StartOfImagesAsync([.. cache.Options, "--hydrate"], cancellationToken);
        long mounted = Stopwatch.GetTimestamp();
        Sample sample = await mounts.Meter.MeasureAsync(client.PassAsync, mount, cancellationToken);
        sample = sample with { Seconds = Stopwatch.GetElapsedTime(mounted).TotalSeconds };
        EpochWorkloads.Check(scenario, sample.Client);
        if (verifies)
            await mounts.VerifyAsync(scenario, mounts.RootOfImages, cancellationToken);
        return sample;
    }

    private async Task<Sample> PreparedAsync(EpochScenario scenario, Contender contender, bool verifies, CancellationToken cancellationToken)
    {
        await using RunningMount mount = await mounts.StartPreparedAsync(scenario, contender, [], cancellationToken);
        bool hints = contender == Contender.S3Mount && scenario.Kind == EpochKind.Hints;
        Workload workload = EpochWorkloads.Of(scenario, mounts.Site, mount.Directory) with { Hints = hints };
        Sample sample;
        await using (ClientProcess client = await EpochMounts.StartClientAsync(workload, contender, cancellationToken))
            sample = await mounts.PassAsync(client, scenario, mount, cancellationToken);
        if (verifies && contender == Contender.S3Mount)
            await mounts.VerifyAsync(scenario, mount.Directory, cancellationToken);
        return sample;
    }
}
