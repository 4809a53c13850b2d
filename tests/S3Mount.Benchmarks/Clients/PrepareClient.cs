namespace S3Mount.Benchmarks.Clients;

/// <summary>Walks what will be read, and reads what will not: listings are known and the mount's program has run before.</summary>
internal sealed class PrepareClient(Workload workload) : IReadClient
{
    public async Task<ClientResult> RunAsync()
    {
        ClientResult walked = await new WalkClient(workload).RunAsync();
        await new WalkClient(workload with { Prefix = Path.GetDirectoryName(ReadRange.ReadPlan(workload.WarmUpPlan)[0].Key)! }).RunAsync();
        await new FilesClient(workload with { Plan = workload.WarmUpPlan }).RunAsync();
        return walked;
    }
}
