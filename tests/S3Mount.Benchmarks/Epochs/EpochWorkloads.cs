using S3Mount.Benchmarks.Clients;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>What the clients of an epoch are to do, and whether they have done all of it.</summary>
internal static class EpochWorkloads
{
    /// <param name="root">A directory, or the address of the bucket.</param>
    public static Workload Of(EpochScenario scenario, Site site, string root) => new()
    {
        Kind = scenario.Reader,
        Root = root,
        Prefix = scenario.Prefix,
        Plan = site.WritePlan(scenario.Objects.Select(o => o.Whole)),
        WarmUpPlan = site.WarmUpPlan,
        Threads = scenario.Threads,
        Decodes = scenario.Decodes,
        Hints = scenario.Kind is EpochKind.Hints or EpochKind.Half,
        Seed = scenario.Kind == EpochKind.Second ? 2 : 1,
    };

    /// <summary>Who has read less than everything was not faster.</summary>
    /// <exception cref="BenchException"/>
    public static void Check(EpochScenario scenario, ClientResult result)
    {
        if (!result.IsPartial && (result.Bytes != scenario.Bytes || result.Files != scenario.Objects.Count))
            throw new BenchException($"it gave {result.Bytes} bytes of {result.Files} files, not {scenario.Bytes} of {scenario.Objects.Count}");
    }
}
