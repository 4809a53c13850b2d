using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.Benchmarks.Faults;

/// <summary>Small files, each read once, without faults and while some answers stand still: half of those before the head, half in the body.</summary>
internal sealed class StalledReads(FaultMounts mounts)
{
    private const double Share = 0.01;

    public static TimeSpan Stall { get; } = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<FaultFigure>> MeasureAsync(FaultScenario scenario, bool verifies, CancellationToken cancellationToken)
    {
        (ReadTimes plain, FaultStatus calm, _) = await PassAsync(scenario, isFaulty: false, verifies: false, cancellationToken);
        (ReadTimes times, FaultStatus status, double seconds) = await PassAsync(scenario, isFaulty: true, verifies, cancellationToken);
        int files = scenario.Objects.Count;
        return
        [
            new("p50", times.Percentile(50), "ms"),
            new("p99", times.Percentile(99), "ms"),
            new(FaultNames.SlowestThousandth, times.Percentile(99.9), "ms"),
            new("max", times.Percentile(100), "ms"),
            new("p50 without faults", plain.Percentile(50), "ms"),
            new("p99 without faults", plain.Percentile(99), "ms"),
            new("p99.9 without faults", plain.Percentile(99.9), "ms"),
            new("max without faults", plain.Percentile(100), "ms"),
            new("p50, times that without faults", times.Percentile(50) / plain.Percentile(50)),
            new(FaultNames.Errors, times.Errors + plain.Errors),
            new("files a second", files / seconds),
            new("GETs beyond one a file", status.Gets - files),
            new("hedges", status.Hedges),
            new("stalls noticed", status.Stalls),
            new("GETs beyond one a file, without faults", calm.Gets - files),
            new("hedges without faults", calm.Hedges),
        ];
    }

    private async Task<(ReadTimes Times, FaultStatus Used, double Seconds)> PassAsync(FaultScenario scenario, bool isFaulty, bool verifies, CancellationToken cancellationToken)
    {
        await using RunningMount mount = await mounts.StartAsync(scenario, [], cancellationToken);
        FaultStatus before = await mounts.StatusAsync(mount, cancellationToken);
        ClientResult result;
        await using (ClientProcess client = await mounts.StartReadersAsync(scenario, mount, cancellationToken))
        {
            if (isFaulty)
            {
                await mounts.AddAsync(new StallFault(-1) { Duration = Stall }, Share / 2, seed: 1, cancellationToken);
                await mounts.AddAsync(new StallFault(30_000) { Duration = Stall }, Share / 2, seed: 2, cancellationToken);
            }
            result = await client.PassAsync(cancellationToken);
        }
        FaultStatus after = await mounts.StatusAsync(mount, cancellationToken);
        if (verifies)
            await mounts.VerifyAsync(scenario, mount, cancellationToken);
        await mounts.Store.ClearFaultsAsync(cancellationToken);
        return (FaultMounts.Check(scenario, result), after with { Gets = after.Gets - before.Gets, Hedges = after.Hedges - before.Hedges, Stalls = after.Stalls - before.Stalls }, result.Seconds);
    }
}
