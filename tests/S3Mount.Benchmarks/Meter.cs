using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks;

/// <summary>Runs passes of a client and notes what mount and store did meanwhile.</summary>
internal sealed class Meter(BenchStore store)
{
    public async Task<Sample> PassAsync(ClientProcess client, Scenario scenario, RunningMount? mount)
    {
        Sample sample = await PassAsync(client, mount);
        Check(scenario, sample.Client);
        return sample;
    }

    /// <summary>Whether the client has found everything is for the caller to check.</summary>
    public async Task<Sample> PassAsync(ClientProcess client, RunningMount? mount)
    {
        await store.ResetCountsAsync();
        ProcessUsage storeBefore = store.Usage;
        ProcessUsage before = mount?.Usage ?? default;
        ClientResult result = await client.PassAsync();
        ProcessUsage after = mount?.Usage ?? default;
        double storeCpu = store.Usage.CpuSeconds - storeBefore.CpuSeconds;
        StoreCounts counts = await store.CountsAsync();
        var used = new ProcessUsage(after.CpuSeconds - before.CpuSeconds, after.PeakBytes, after.RssBytes, after.ReadCalls - before.ReadCalls);
        return new Sample(result, used, storeCpu, counts);
    }

    // Who has read less than everything was not faster.
    private static void Check(Scenario scenario, ClientResult result)
    {
        if (result.Bytes != scenario.Bytes || result.Files != scenario.Files)
            throw new BenchException($"it gave {result.Bytes} bytes of {result.Files} files, not {scenario.Bytes} of {scenario.Files}");
    }
}
