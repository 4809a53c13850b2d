using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.Benchmarks.Faults;

/// <summary>The store can do less for a while, and says SlowDown to what is more than that: how fast it is before, then and after.</summary>
internal sealed class SlowDown(FaultMounts mounts)
{
    // A fifth of what 32 threads ask for.
    private const double Capacity = 300;

    // Of "before" the last part; of "then" what is left when s3mount has noticed.
    private const long Before = 4_000;
    private const long During = 6_000;
    private const long Settling = 2_000;
    private const long Window = 1_000;
    private const long Step = 100;

    // Of before: what counts as full speed.
    private const double Full = 0.95;

    public async Task<IReadOnlyList<FaultFigure>> MeasureAsync(FaultScenario scenario, CancellationToken cancellationToken)
    {
        await using RunningMount mount = await mounts.StartAsync(scenario, [], cancellationToken);
        await using ClientProcess client = await mounts.StartReadersAsync(scenario, mount, cancellationToken);
        Task<ClientResult> pass = client.PassAsync(cancellationToken);
        await Task.Delay(TimeSpan.FromMilliseconds(Before), cancellationToken);
        long begin = ReadTimes.Now;
        var rule = new FaultRule { Operation = S3Operation.GetObject, Times = FaultRule.Always, Above = new FaultCapacity { PerSecond = Capacity }, Effect = AnswerFault.SlowDown };
        await mounts.Store.AddFaultAsync(rule, cancellationToken);
        await Task.Delay(TimeSpan.FromMilliseconds(During), cancellationToken);
        await mounts.Store.ClearFaultsAsync(cancellationToken);
        long end = ReadTimes.Now;
        ClientResult result = await pass;
        FaultStatus status = await mounts.StatusAsync(mount, cancellationToken);
        return FiguresOf(FaultMounts.Check(scenario, result), begin, end, status);
    }

    private static FaultFigure[] FiguresOf(ReadTimes times, long begin, long end, FaultStatus status)
    {
        // When the last files are read not all threads have one.
        long last = times.Ended.Max() - (Window / 2);
        if (last - end < 2 * Window)
            throw new BenchException("all was read before it was clear how fast it is afterwards");
        double before = times.Rate(begin - Settling, begin);
        double after = times.Rate(Math.Max(end, last - (2 * Window)), last);
        return
        [
            new("files a second before", before),
            new("files a second meanwhile", times.Rate(begin + Settling, end)),
            new("files a second after", after),
            new(FaultNames.After, after / before),
            new("until full speed", UntilFull(times, end, last, before), "s"),
            new("answers SlowDown", status.Throttled),
            new(FaultNames.Errors, times.Errors),
        ];
    }

    // NaN: not within the time that there was.
    private static double UntilFull(ReadTimes times, long end, long last, double before)
    {
        for (long at = end; at + Window <= last; at += Step)
        {
            if (times.Rate(at, at + Window) >= Full * before)
                return (at - end) / 1000.0;
        }
        return double.NaN;
    }
}
