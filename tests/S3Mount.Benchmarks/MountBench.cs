using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks;

/// <summary>
/// Measures one mount in one scenario: a fresh mount and a fresh cache, a walk and a warm-up, the cold pass, the warm pass, and
/// where asked for a pass that compares every byte.
/// </summary>
internal sealed class MountBench(BenchOptions options, Site site, BenchStore store, Meter meter)
{
    /// <summary>The samples of the passes that the scenario has.</summary>
    /// <param name="verifies">What the passes have read is then read once more, from what the kernel or the mount has kept, and compared.</param>
    public Task<IReadOnlyList<Sample>> MeasureAsync(Scenario scenario, Contender contender, bool verifies) => WithMountAsync<IReadOnlyList<Sample>>(scenario, contender, async mount =>
    {
        Workload workload = WorkloadOf(scenario, mount.Directory);
        var samples = new List<Sample>();
        // A walk is measured where nothing is known.
        if (scenario.Kind != WorkloadKind.Walk)
            await ClientProcess.RunOnceAsync(workload with { Kind = WorkloadKind.Prepare, Threads = 8, ReadSize = 1 << 20 });
        await using (ClientProcess client = await ClientProcess.StartAsync(workload))
        {
            samples.Add(await meter.PassAsync(client, scenario, mount));
            if (scenario.HasWarmPass)
                samples.Add(await meter.PassAsync(client, scenario, mount));
        }
        if (verifies && scenario.Kind != WorkloadKind.Walk)
            await VerifyAsync(workload);
        return samples;
    });

    /// <summary>On a mount of its own, where every byte comes from the store while it is compared.</summary>
    public Task<bool> VerifyColdAsync(Scenario scenario, Contender contender) => WithMountAsync(scenario, contender, async mount =>
    {
        await VerifyAsync(WorkloadOf(scenario, mount.Directory));
        return true;
    });

    private async Task VerifyAsync(Workload workload) =>
        await ClientProcess.RunOnceAsync(workload with { Kind = WorkloadKind.Verify, Reference = site.Reference.Root });

    private Workload WorkloadOf(Scenario scenario, string directory) => Workloads.Of(scenario, site, directory);

    private async Task<T> WithMountAsync<T>(Scenario scenario, Contender contender, Func<RunningMount, Task<T>> action)
    {
        string cache = site.NewCache();
        string[] extra = contender == Contender.S3Mount ? scenario.MountOptions : [];
        await using RunningMount mount = await RunningMount.StartAsync(MountCommand.Of(contender, options.Program, store, site.Mountpoint, cache, extra), site.Mountpoint);
        return await action(mount);
    }
}
