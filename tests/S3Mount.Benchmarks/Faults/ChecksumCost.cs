using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Faults;

/// <summary>What it costs to check the checksums that the store sends with small objects.</summary>
internal sealed class ChecksumCost(FaultMounts mounts)
{
    private const int FirstBytes = 200;

    public async Task<IReadOnlyList<FaultFigure>> MeasureAsync(FaultScenario scenario, bool verifies, CancellationToken cancellationToken)
    {
        var meter = new Meter(mounts.Store);
        var rest = scenario with { Objects = [.. scenario.Objects.Skip(FirstBytes)] };
        await using RunningMount mount = await mounts.StartAsync(scenario, [], cancellationToken);
        ClientResult first = await ClientProcess.RunOnceAsync(
            mounts.WorkloadOf(scenario with { Objects = [.. scenario.Objects.Take(FirstBytes)] }, mount, WorkloadKind.FirstByte), cancellationToken);
        Sample sample;
        await using (ClientProcess client = await mounts.StartReadersAsync(rest, mount, cancellationToken))
            sample = await meter.PassAsync(client, mount, cancellationToken);
        if (verifies)
            await mounts.VerifyAsync(scenario, mount, cancellationToken);
        return
        [
            new("CPU of the daemon a file", sample.CpuSeconds * 1000 / rest.Objects.Count, "ms"),
            new("first byte", first.MedianMicroseconds / 1000, "ms"),
            new("files a second", rest.Objects.Count / sample.Client.Seconds),
            new(FaultNames.Errors, FaultMounts.Check(rest, sample.Client).Errors),
        ];
    }
}
