using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.Benchmarks.Faults;

/// <summary>One large file in order, without faults and while one part in a hundred stands still.</summary>
internal sealed class StalledParts(FaultMounts mounts)
{
    // 1 GiB is some 130 parts: of these one is stalled before its head and one in its body.
    private const int OneIn = 200;
    private const int BeforeHead = 25;
    private const int InBody = 75;

    public async Task<IReadOnlyList<FaultFigure>> MeasureAsync(FaultScenario scenario, bool verifies, CancellationToken cancellationToken)
    {
        (ClientResult plain, _) = await PassAsync(scenario, isFaulty: false, verifies: false, cancellationToken);
        (ClientResult result, FaultStatus used) = await PassAsync(scenario, isFaulty: true, verifies, cancellationToken);
        double speed = result.Bytes / result.Seconds / 1e6;
        double calm = plain.Bytes / plain.Seconds / 1e6;
        return
        [
            new("speed", speed, "MB/s"),
            new("speed without faults", calm, "MB/s"),
            new("share of that", speed / calm),
            new("hedges", used.Hedges),
            new("stalls noticed", used.Stalls),
            new(FaultNames.Errors, result.Times!.Errors + plain.Times!.Errors),
        ];
    }

    private async Task<(ClientResult Result, FaultStatus Used)> PassAsync(FaultScenario scenario, bool isFaulty, bool verifies, CancellationToken cancellationToken)
    {
        await using RunningMount mount = await mounts.StartAsync(scenario, [], cancellationToken);
        ClientResult result;
        await using (ClientProcess client = await mounts.StartReadersAsync(scenario, mount, cancellationToken))
        {
            if (isFaulty)
            {
                await AddAsync(-1, BeforeHead, cancellationToken);
                await AddAsync(500_000, InBody, cancellationToken);
            }
            result = await client.PassAsync(cancellationToken);
        }
        FaultMounts.Check(scenario, result);
        FaultStatus used = await mounts.StatusAsync(mount, cancellationToken);
        if (verifies)
            await mounts.VerifyAsync(scenario, mount, cancellationToken);
        await mounts.Store.ClearFaultsAsync(cancellationToken);
        return (result, used);
    }

    private Task AddAsync(long afterBytes, int skip, CancellationToken cancellationToken) => mounts.Store.AddFaultAsync(
        new FaultRule { Operation = S3Operation.GetObject, Times = FaultRule.Always, Skip = skip, Every = OneIn, Effect = new StallFault(afterBytes) { Duration = StalledReads.Stall } }, cancellationToken);
}
