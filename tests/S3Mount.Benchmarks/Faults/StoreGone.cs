using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Testing.S3Server;

namespace S3Mount.Benchmarks.Faults;

/// <summary>Nobody listens for a while, and all connections are reset when that begins.</summary>
internal sealed class StoreGone(FaultMounts mounts)
{
    private const long Absence = 20_000;

    private static readonly TimeSpan _before = TimeSpan.FromSeconds(3);
    // Time for what was under way to fail, and to ask before the store is back.
    private static readonly TimeSpan _settling = TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<FaultFigure>> MeasureAsync(FaultScenario scenario, CancellationToken cancellationToken)
    {
        await using RunningMount mount = await mounts.StartAsync(scenario, [], cancellationToken);
        await using ClientProcess client = await mounts.StartReadersAsync(scenario, mount, cancellationToken);
        Task<ClientResult> pass = client.PassAsync(cancellationToken);
        await Task.Delay(_before, cancellationToken);
        long gone = ReadTimes.Now;
        await mounts.Store.InterruptAsync(ConnectionMode.Refuse, TimeSpan.FromMilliseconds(Absence), cancellationToken);
        await Task.Delay(_settling, cancellationToken);
        (long from, FaultStatus first) = (ReadTimes.Now, await mounts.StatusAsync(mount, cancellationToken));
        await Task.Delay(TimeSpan.FromMilliseconds(gone + Absence - ReadTimes.Now) - _settling, cancellationToken);
        (long to, FaultStatus second) = (ReadTimes.Now, await mounts.StatusAsync(mount, cancellationToken));
        ReadTimes times = FaultMounts.Check(scenario, await pass);
        long back = gone + Absence;
        long[] after = [.. times.Ended.Where(ended => ended >= back)];
        if (after.Length == 0)
            throw new BenchException("all was read before the store came back");
        return
        [
            new(FaultNames.Errors, times.Errors),
            new("requests a second meanwhile", (second.Requests - first.Requests) * 1000.0 / (to - from)),
            new("from its return to the first file", (after.Min() - back) / 1000.0, "s"),
            new("longest read", times.Percentile(100) / 1000, "s"),
            new("files a second before", times.Rate(gone - 2_000, gone)),
            new("files read meanwhile", times.Ended.Count(ended => ended >= from && ended < back)),
        ];
    }
}
