using System.Text.Json;
using S3Mount.Benchmarks.Epochs;
using S3Mount.Testing.Processes;

namespace S3Mount.Benchmarks.Faults;

/// <summary>What <c>s3mount status --json</c> says of the requests of a mount so far.</summary>
internal readonly record struct FaultStatus(long Requests, long Gets, long Retries, long Hedges, long Stalls, long Throttled)
{
    /// <exception cref="BenchException">The mount does not answer.</exception>
    public static async Task<FaultStatus> OfAsync(string program, string mountpoint, CancellationToken cancellationToken)
    {
        ChildResult result = await ProgramRun.RunAsync(program, ["status", mountpoint, "--json"], cancellationToken);
        if (result.ExitCode != 0)
            throw new BenchException($"s3mount status: {(result.Error + result.Output).Trim()}");
        using var document = JsonDocument.Parse(result.Output);
        JsonElement store = document.RootElement[0].GetProperty("status").GetProperty("store");
        JsonElement health = store.GetProperty("health");
        long gets = Number(store, "gets");
        return new FaultStatus(gets + Number(store, "heads") + Number(store, "lists"), gets, Number(store, "retries"), Number(health, "hedges"), Number(health, "stalls"), Number(health, "throttled"));
    }

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();
}
