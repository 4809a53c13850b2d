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
    /// <summary>The samples of the passes that the scenario has; a pass that was ended is the last.</summary>
    /// <param name="verifies">What the passes have read is then read once more, from what the kernel or the mount has kept, and compared.</param>
    public async Task<IReadOnlyList<Sample>> MeasureAsync(Scenario scenario, Contender contender, bool verifies, CancellationToken cancellationToken)
    {
        await using RunningMount mount = await MountAsync(scenario, contender, cancellationToken);
        Workload workload = Workloads.Of(scenario, site, mount.Directory);
        // A walk is measured where nothing is known.
        if (scenario.Kind != WorkloadKind.Walk)
            await ClientProcess.RunOnceAsync(workload with { Kind = WorkloadKind.Prepare, Threads = 8, ReadSize = 1 << 20 }, cancellationToken);
        var samples = new List<Sample>();
        await using (ClientProcess client = await ClientProcess.StartAsync(workload, PassLimit.Of(contender, scenario.Kind), cancellationToken))
        {
            samples.Add(await meter.PassAsync(client, scenario, mount, cancellationToken));
            if (scenario.HasWarmPass && !samples[0].IsPartial)
                samples.Add(await meter.PassAsync(client, scenario, mount, cancellationToken));
        }
        if (verifies && !samples[^1].IsPartial && scenario.Kind != WorkloadKind.Walk)
            await VerifyAsync(workload, cancellationToken);
        return samples;
    }

    /// <summary>On a mount of its own, where every byte comes from the store while it is compared.</summary>
    public async Task VerifyColdAsync(Scenario scenario, Contender contender, CancellationToken cancellationToken)
    {
        await using RunningMount mount = await MountAsync(scenario, contender, cancellationToken);
        await VerifyAsync(Workloads.Of(scenario, site, mount.Directory), cancellationToken);
    }

    private async Task VerifyAsync(Workload workload, CancellationToken cancellationToken) =>
        await ClientProcess.RunOnceAsync(workload with { Kind = WorkloadKind.Verify, Reference = site.Reference.Root }, cancellationToken);

    private Task<RunningMount> MountAsync(Scenario scenario, Contender contender, CancellationToken cancellationToken)
    {
        string[] extra = contender == Contender.S3Mount ? scenario.MountOptions : [];
        return RunningMount.StartAsync(MountCommand.Of(contender, options.Program, store, site, extra), cancellationToken);
    }
}
