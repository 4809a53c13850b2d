using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Epochs;
using S3Mount.Testing.S3Server;

namespace S3Mount.Benchmarks.Faults;

/// <summary>SIGTERM while readers, each with its file open, wait for a store that accepts connections and says nothing.</summary>
internal sealed class SilentStop(FaultMounts mounts)
{
    private static readonly TimeSpan _reading = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    public async Task<IReadOnlyList<FaultFigure>> MeasureAsync(FaultScenario scenario, CancellationToken cancellationToken)
    {
        using var cache = new CacheFor(mounts.Site);
        await using RunningMount mount = await mounts.StartAsync(scenario, cache.Options, cancellationToken);
        await using ClientProcess client = await mounts.StartReadersAsync(scenario, mount, cancellationToken);
        Task<ClientResult> pass = client.PassAsync(cancellationToken);
        await Task.Delay(_reading, cancellationToken);
        long silent = ReadTimes.Now;
        await mounts.Store.InterruptAsync(ConnectionMode.Silence, 2 * _deadline, cancellationToken);
        await Task.Delay(_reading, cancellationToken);
        TimeSpan took = await mount.TerminateAsync(_deadline, cancellationToken);
        await mounts.Store.ServeAsync(cancellationToken);
        // Whatever is left to be read fails at once.
        ReadTimes times = FaultMounts.Check(scenario, await pass);
        return
        [
            new(FaultNames.Stop, took.TotalSeconds, "s"),
            new("files read before", times.Ended.Count(ended => ended < silent)),
            new("readers that waited", scenario.Threads),
        ];
    }
}
