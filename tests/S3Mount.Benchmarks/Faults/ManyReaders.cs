using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.Benchmarks.Faults;

/// <summary>Many readers at once, a small budget, and a bit of everything that goes wrong and passes.</summary>
internal sealed class ManyReaders(FaultMounts mounts)
{
    private const double Share = 0.02;

    private static readonly FaultEffect[] _effects =
    [
        AnswerFault.SlowDown,
        new ResetFault(),
        new ResetFault(200_000),
        new CutFault(300_000),
        new StallFault(-1) { Duration = StalledReads.Stall },
        new StallFault(100_000) { Duration = StalledReads.Stall },
    ];

    public async Task<IReadOnlyList<FaultFigure>> MeasureAsync(FaultScenario scenario, CancellationToken cancellationToken)
    {
        await using RunningMount mount = await mounts.StartAsync(scenario, ["--memory", "128MiB"], cancellationToken);
        ClientResult result;
        await using (ClientProcess client = await mounts.StartReadersAsync(scenario, mount, cancellationToken))
        {
            for (int i = 0; i < _effects.Length; i++)
                await mounts.AddAsync(_effects[i], Share, seed: i + 1, cancellationToken);
            result = await client.PassAsync(cancellationToken);
        }
        await mounts.Store.ClearFaultsAsync(cancellationToken);
        FaultStatus status = await mounts.StatusAsync(mount, cancellationToken);
        return
        [
            new(FaultNames.Peak, mount.Usage.PeakBytes / (double)(1 << 20), "MiB"),
            new("speed", result.Bytes / result.Seconds / 1e6, "MB/s"),
            new("retries", status.Retries),
            new("hedges", status.Hedges),
            new("stalls noticed", status.Stalls),
            new(FaultNames.Errors, FaultMounts.Check(scenario, result).Errors),
        ];
    }
}
