using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks;

/// <summary>Measures what no mount can beat: the bare client for cold reads, the same reader on tmpfs for warm ones.</summary>
internal sealed class CeilingBench(Site site, BenchStore store, Meter meter)
{
    /// <summary>Connections among which the best number is looked for; on two cores more do not help.</summary>
    private static readonly int[] _connections = [4, 8, 16, 32, 64];

    // Of 69 requests and 39 MB each: code is compiled for good after 30 calls and then 200 ms.
    private const int WarmStorePasses = 30;

    /// <summary>A few thousand requests, so that the server's code is compiled.</summary>
    public async Task WarmStoreAsync(CancellationToken cancellationToken)
    {
        var workload = new Workload { Kind = WorkloadKind.Files, Root = store.BucketUrl, Plan = site.WarmUpPlan, WarmUpPlan = site.WarmUpPlan, Threads = 8 };
        await using ClientProcess client = await ClientProcess.StartAsync(workload, PassLimit.Longest, cancellationToken);
        for (int i = 0; i < WarmStorePasses; i++)
            await client.PassAsync(cancellationToken);
    }

    public async Task<Sample> BareAsync(Scenario scenario, int connections, CancellationToken cancellationToken)
    {
        Workload workload = Workloads.Of(scenario, site, store.BucketUrl) with { Threads = connections };
        await using ClientProcess client = await ClientProcess.StartAsync(workload, PassLimit.Longest, cancellationToken);
        return await meter.PassAsync(client, scenario, mount: null, cancellationToken);
    }

    public async Task<int> FindBestAsync(Scenario scenario, CancellationToken cancellationToken)
    {
        var seconds = new Dictionary<int, double>();
        foreach (int connections in _connections)
            seconds[connections] = (await BareAsync(scenario, connections, cancellationToken)).Seconds;
        return seconds.MinBy(pair => pair.Value).Key;
    }

    /// <summary>The second pass, as a warm pass is one; of a loader the first one too.</summary>
    public async Task<IReadOnlyList<Sample>> TmpfsAsync(Scenario scenario, CancellationToken cancellationToken)
    {
        site.Reference.Add(scenario.Objects);
        await using ClientProcess client = await ClientProcess.StartAsync(Workloads.Of(scenario, site, site.Reference.Root), PassLimit.Longest, cancellationToken);
        Sample first = await meter.PassAsync(client, scenario, mount: null, cancellationToken);
        return [first, await meter.PassAsync(client, scenario, mount: null, cancellationToken)];
    }
}
