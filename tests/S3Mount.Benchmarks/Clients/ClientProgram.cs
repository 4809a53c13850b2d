using S3Mount.Benchmarks.Bare;

namespace S3Mount.Benchmarks.Clients;

/// <summary>
/// The client's side of <see cref="ClientProcess"/>: gets ready, says so, and runs its workload once for each line that comes in.
/// </summary>
internal static class ClientProgram
{
    public const string Ready = "READY";

    public static async Task RunAsync(Workload workload)
    {
        using BareHttp? http = workload.IsRemote ? await BareHttp.ConnectAsync(workload) : null;
        IReadClient client = http is null ? Create(workload) : CreateBare(workload, http);
        await Console.Out.WriteLineAsync(Ready);
        while (await Console.In.ReadLineAsync() is not null)
            await Console.Out.WriteLineAsync((await RunAsync(client, workload.IsRemote)).ToJson());
    }

    // getrusage(2) of this process, its threads all together: start and compiling are over, the requests of the pass are what is left.
    private static async Task<ClientResult> RunAsync(IReadClient client, bool countsCpu)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        ClientResult result = await client.RunAsync();
        return countsCpu ? result with { CpuSeconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds } : result;
    }

    private static IReadClient Create(Workload workload) => workload.Kind switch
    {
        WorkloadKind.Walk => new WalkClient(workload),
        WorkloadKind.Prepare => new PrepareClient(workload),
        WorkloadKind.Files or WorkloadKind.Map => new FilesClient(workload),
        WorkloadKind.Records => new RecordsClient(workload),
        WorkloadKind.TimedFiles => new TimedFilesClient(workload),
        WorkloadKind.FirstByte => new FirstByteClient(workload),
        WorkloadKind.Verify => new VerifyClient(workload),
        _ => throw new NotSupportedException($"{workload.Kind} is no workload for files"),
    };

    private static IReadClient CreateBare(Workload workload, BareHttp http) => workload.Kind switch
    {
        WorkloadKind.Walk => new BareListClient(http, workload),
        WorkloadKind.FirstByte => new BareFirstByteClient(http, workload),
        WorkloadKind.ListTree => new BareTreeClient(http, workload),
        WorkloadKind.ListRanges => new BareRangeClient(http, workload),
        _ => new BareReadClient(http, workload),
    };
}
