using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>Measures reads of cold files with a disk cache, which is filled meanwhile, and without.</summary>
internal sealed class FillCost(EpochMounts mounts)
{
    public async Task<Sample> MeasureAsync(EpochScenario scenario, Contender contender, bool verifies, CancellationToken cancellationToken)
    {
        using var cache = new CacheFor(mounts.Site);
        string[] extra = contender == Contender.S3Mount ? cache.Options : [];
        await using RunningMount mount = await mounts.StartPreparedAsync(scenario, contender, extra, cancellationToken);
        Sample sample;
        await using (ClientProcess client = await EpochMounts.StartClientAsync(EpochWorkloads.Of(scenario, mounts.Site, mount.Directory), contender, cancellationToken))
            sample = await mounts.PassAsync(client, scenario, mount, cancellationToken);
        if (contender == Contender.S3Mount)
            sample = sample with { KeptShare = await KeptAsync(scenario, mount, cancellationToken) };
        if (verifies)
            await mounts.VerifyAsync(scenario, mount.Directory, cancellationToken);
        return sample;
    }

    // Who keeps nothing has no cost either.
    private async Task<double> KeptAsync(EpochScenario scenario, RunningMount mount, CancellationToken cancellationToken) =>
        Math.Max(0, 1 - ((double)(await ProgramRun.CacheOfAsync(mounts.Program, mount.Directory, cancellationToken)).SkippedBytes / scenario.Bytes));
}
