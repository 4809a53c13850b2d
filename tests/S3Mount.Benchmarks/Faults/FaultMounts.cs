using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.Benchmarks.Faults;

/// <summary>Mounts on which things go wrong, and their readers. Nothing goes wrong before the clock runs.</summary>
internal sealed class FaultMounts(BenchOptions options, Site site, BenchStore store)
{
    // Half a minute of stalls each after the other, more than once.
    private static readonly PassLimit _longest = PassLimit.Longest with { Time = TimeSpan.FromSeconds(240) };

    public Site Site => site;

    public BenchStore Store => store;

    /// <summary>Of the whole bucket, when it has walked what will be read and read what will not.</summary>
    public async Task<RunningMount> StartAsync(FaultScenario scenario, string[] extra, CancellationToken cancellationToken)
    {
        RunningMount mount = await RunningMount.StartAsync(MountCommand.Of(Contender.S3Mount, options.Program, store, site, extra), cancellationToken);
        try
        {
            await ClientProcess.RunOnceAsync(WorkloadOf(scenario, mount, WorkloadKind.Prepare) with { Threads = 8 }, cancellationToken);
            return mount;
        }
        catch
        {
            await mount.DisposeAsync();
            throw;
        }
    }

    public Task<ClientProcess> StartReadersAsync(FaultScenario scenario, RunningMount mount, CancellationToken cancellationToken) =>
        ClientProcess.StartAsync(WorkloadOf(scenario, mount, WorkloadKind.TimedFiles), _longest, cancellationToken);

    public Workload WorkloadOf(FaultScenario scenario, RunningMount mount, WorkloadKind kind) => new()
    {
        Kind = kind,
        Root = mount.Directory,
        Prefix = scenario.Objects[0].Key[..(scenario.Objects[0].Key.IndexOf('/', StringComparison.Ordinal) + 1)],
        Plan = site.WritePlan(scenario.Objects.Select(o => o.Whole)),
        WarmUpPlan = site.WarmUpPlan,
        Threads = scenario.Threads,
    };

    public Task<FaultStatus> StatusAsync(RunningMount mount, CancellationToken cancellationToken) => FaultStatus.OfAsync(options.Program, mount.Directory, cancellationToken);

    /// <summary>What the passes have left in the caches, and what is fetched again; nothing goes wrong any more.</summary>
    /// <exception cref="BenchException">A byte is wrong.</exception>
    public async Task VerifyAsync(FaultScenario scenario, RunningMount mount, CancellationToken cancellationToken)
    {
        await store.ClearFaultsAsync(cancellationToken);
        await ClientProcess.RunOnceAsync(WorkloadOf(scenario, mount, WorkloadKind.Verify) with { Reference = site.Reference.Root }, cancellationToken);
    }

    /// <summary>GETs that go wrong as a seed draws it.</summary>
    public Task AddAsync(FaultEffect effect, double probability, int seed, CancellationToken cancellationToken) =>
        store.AddFaultAsync(new FaultRule { Operation = S3Operation.GetObject, Times = FaultRule.Always, Probability = probability, Seed = seed, Effect = effect }, cancellationToken);

    /// <summary>Who has read less than everything, and met no error, was cut short.</summary>
    /// <exception cref="BenchException"/>
    public static ReadTimes Check(FaultScenario scenario, ClientResult result)
    {
        ReadTimes times = result.Times ?? throw new BenchException("the client told no times");
        if (times.Errors == 0 && result.Bytes != scenario.Bytes)
            throw new BenchException($"it gave {result.Bytes} bytes, not {scenario.Bytes}");
        return times;
    }
}
