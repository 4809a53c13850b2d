using System.Text;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Listings;

/// <summary>Measures what no mount can beat: bare clients that count keys, and the same names on tmpfs.</summary>
internal sealed class ListingCeilings(Site site, BenchStore store)
{
    private const int WarmStorePasses = 20;
    private const int WarmStoreConnections = 4;

    private readonly Meter _meter = new(store);
    private readonly TmpfsTree _tmpfs = new(site.Reference.Root);

    /// <summary>Some 3,000 pages, in a few seconds, so that the server's code is compiled before the first contender asks.</summary>
    public async Task WarmStoreAsync(ListingTree tree, CancellationToken cancellationToken)
    {
        await store.SetSpeedAsync(StoreSetting.Loopback, cancellationToken);
        await using ClientProcess client = await ClientProcess.StartAsync(WorkloadOf(tree, WorkloadKind.ListTree, [], WarmStoreConnections), PassLimit.Longest, cancellationToken);
        for (int i = 0; i < WarmStorePasses; i++)
            await client.PassAsync(cancellationToken);
    }

    public async Task<Sample> BareAsync(ListingScenario scenario, Contender contender, int connections, CancellationToken cancellationToken)
    {
        bool isTree = contender == Contender.BareSame;
        Workload workload = isTree
            ? WorkloadOf(scenario.Tree, WorkloadKind.ListTree, [], connections)
            : WorkloadOf(scenario.Tree, WorkloadKind.ListRanges, Bounds(scenario.Tree, connections), connections);
        await using ClientProcess client = await ClientProcess.StartAsync(workload, PassLimit.Longest, cancellationToken);
        // Its code is compiled while it runs; who only waits for pages needs none of it.
        if (connections > 1)
            await client.PassAsync(cancellationToken);
        Sample sample = await _meter.PassAsync(client, mount: null, cancellationToken);
        ListingCheck.Counts(scenario, sample.Client, hasDirectories: isTree);
        return sample;
    }

    /// <summary>The second pass, as a warm pass is one.</summary>
    public async Task<Sample> TmpfsAsync(ListingScenario scenario, CancellationToken cancellationToken)
    {
        string root = _tmpfs.Make(scenario.Tree, cancellationToken);
        await using ClientProcess client = await ListingMounts.JobOf(scenario, root, Contender.Tmpfs).StartAsync(cancellationToken);
        await client.PassAsync(cancellationToken);
        Sample sample = await _meter.PassAsync(client, mount: null, cancellationToken);
        ListingCheck.Names(scenario, sample.Client);
        return sample;
    }

    private Workload WorkloadOf(ListingTree tree, WorkloadKind kind, IEnumerable<ReadRange> bounds, int connections) => new()
    {
        Kind = kind,
        Root = store.BucketUrl,
        Prefix = tree.Prefix,
        Plan = site.WritePlan(bounds),
        WarmUpPlan = site.WarmUpPlan,
        Threads = connections,
    };

    // Ranges with the same number of keys: a client that is told where they are.
    private static IEnumerable<ReadRange> Bounds(ListingTree tree, int ranges) => Enumerable.Range(1, ranges - 1)
        .Select(i => (int)((long)i * tree.Files / ranges) - 1)
        .Where(index => index >= 0)
        .Select(index => new ReadRange(Encoding.UTF8.GetString(tree.Keys[index].Span), 0, 0, 0));
}
