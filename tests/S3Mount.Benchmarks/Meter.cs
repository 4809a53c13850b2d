using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks;

/// <summary>Runs passes of a client and notes what mount and store did meanwhile.</summary>
internal sealed class Meter(BenchStore store)
{
    /// <summary>A pass that reads everything, or was ended.</summary>
    public async Task<Sample> PassAsync(ClientProcess client, Scenario scenario, RunningMount? mount, CancellationToken cancellationToken)
    {
        Sample sample = await PassAsync(client, mount, cancellationToken);
        if (!sample.IsPartial)
            Check(scenario, sample.Client);
        return scenario.Kind == WorkloadKind.FirstByte ? sample with { Seconds = sample.Client.MedianMicroseconds / 1e6 } : sample;
    }

    /// <summary>Whether the client has found everything is for the caller to check.</summary>
    public async Task<Sample> PassAsync(ClientProcess client, RunningMount? mount, CancellationToken cancellationToken)
    {
        await store.ResetCountsAsync(cancellationToken);
        return await MeasureAsync(client.PassAsync, mount, cancellationToken);
    }

    /// <summary>Anything that is to be measured. The store counts from when its counts were last reset.</summary>
    public async Task<Sample> MeasureAsync(Func<CancellationToken, Task<ClientResult>> pass, RunningMount? mount, CancellationToken cancellationToken)
    {
        ProcessUsage storeBefore = store.Usage;
        ProcessUsage before = mount?.Usage ?? default;
        ClientResult result = await pass(cancellationToken);
        ProcessUsage after = mount?.Usage ?? default;
        double storeCpu = store.Usage.CpuSeconds - storeBefore.CpuSeconds;
        StoreCounts counts = await store.CountsAsync(cancellationToken);
        var used = new ProcessUsage(after.CpuSeconds - before.CpuSeconds, after.PeakBytes, after.RssBytes, after.ReadCalls - before.ReadCalls);
        return new Sample(result, used, storeCpu, counts) { RssBefore = before.RssBytes };
    }

    // Who has read less than everything was not faster.
    private static void Check(Scenario scenario, ClientResult result)
    {
        if (result.Bytes != scenario.Bytes || result.Files != scenario.Files)
            throw new BenchException($"it gave {result.Bytes} bytes of {result.Files} files, not {scenario.Bytes} of {scenario.Files}");
    }
}
