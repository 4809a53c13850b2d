using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks;

/// <summary>Scenarios as orders to a client program.</summary>
internal static class Workloads
{
    /// <param name="root">A directory, or the address of the bucket.</param>
    public static Workload Of(Scenario scenario, Site site, string root) => new()
    {
        Kind = scenario.Kind,
        Root = root,
        Prefix = scenario.Prefix,
        Plan = site.WritePlan(scenario.Reads),
        WarmUpPlan = site.WarmUpPlan,
        Threads = scenario.Threads,
        ReadSize = scenario.ReadSize,
        Decodes = scenario.Decodes,
    };
}
