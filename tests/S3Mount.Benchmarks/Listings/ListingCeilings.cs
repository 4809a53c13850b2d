using System.Text;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;

namespace S3Mount.Benchmarks.Listings;

/// <summary>Measures what no mount can beat: bare clients that count keys, and the same names on tmpfs.</summary>
internal sealed class ListingCeilings(Site site, BenchStore store)
{
    private readonly Meter _meter = new(store);
    private readonly TmpfsTree _tmpfs = new(site.Reference.Root);

    public async Task<ListingSample> BareAsync(ListingScenario scenario, Contender contender, int connections)
    {
        bool isTree = contender == Contender.BareSame;
        var workload = new Workload
        {
            Kind = isTree ? WorkloadKind.ListTree : WorkloadKind.ListRanges,
            Root = store.BucketUrl,
            Prefix = scenario.Tree.Prefix,
            Plan = site.WritePlan(isTree ? [] : Bounds(scenario.Tree, connections)),
            WarmUpPlan = site.WarmUpPlan,
            Threads = connections,
        };
        await using ClientProcess client = await ClientProcess.StartAsync(workload);
        // Its code is compiled while it runs; who only waits for pages needs none of it.
        if (connections > 1)
            await client.PassAsync();
        var sample = new ListingSample(await _meter.PassAsync(client, mount: null), 0, 0);
        ListingCheck.Counts(scenario, sample.Pass.Client, hasDirectories: isTree);
        return sample;
    }

    /// <summary>The second pass, as a warm pass is one.</summary>
    public async Task<ListingSample> TmpfsAsync(ListingScenario scenario)
    {
        string root = _tmpfs.Make(scenario.Tree);
        await using ClientProcess client = await ListingMounts.JobOf(scenario, root, ListingMounts.DeadlineSeconds).StartAsync();
        await client.PassAsync();
        var sample = new ListingSample(await _meter.PassAsync(client, mount: null), 0, 0);
        ListingCheck.Names(scenario, sample.Pass.Client);
        return sample;
    }

    // Ranges with the same number of keys: a client that is told where they are.
    private static IEnumerable<ReadRange> Bounds(ListingTree tree, int ranges) => Enumerable.Range(1, ranges - 1)
        .Select(i => (int)((long)i * tree.Files / ranges) - 1)
        .Where(index => index >= 0)
        .Select(index => new ReadRange(Encoding.UTF8.GetString(tree.Keys[index].Span), 0, 0, 0));
}
