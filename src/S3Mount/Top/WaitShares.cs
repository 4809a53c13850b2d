using S3Mount.Control;
using S3Mount.Telemetry;

namespace S3Mount.Top;

/// <summary>
/// What the readers of a mount waited for between two looks. Nobody follows a single READ from the reader to the wire and back: the time that
/// readers waited is measured, and the part of it that was spent on fetched bytes is divided as the fetches spent theirs.
/// <list type="bullet">
/// <item>memory: READs that waited for room in <c>--memory</c> (measured);</item>
/// <item>listings: LOOKUP, GETATTR, READDIR and READDIRPLUS that took more than a millisecond; what is answered from memory takes
/// some 10 us (measured, as far as the buckets of the histograms tell);</item>
/// <item>fetched bytes: READs that waited for blocks (measured), and whatever waits still. Divided in the proportion of: the disk cache; a
/// free connection; pauses between tries; store latency, from sending a GET to the first byte of its answer; bandwidth, from
/// that byte to the last. A GET tells of its times when it has ended: of those that are under way, while bytes come, all is counted as
/// bandwidth that was not seen to be latency. When nothing has come between the looks it is store latency;</item>
/// <item>daemon CPU: what requests took besides, while the daemon worked on them or they waited for one of its threads. While it uses nine
/// tenths of its processors bandwidth is counted here, too: bytes that it has no time to take come no faster.</item>
/// </list>
/// </summary>
/// <param name="Waiting">How many requests waited at a time, on average.</param>
/// <param name="Parts">The largest first, together 1; empty: less than <see cref="Nothing"/> waited.</param>
/// <param name="IsIdle">Nothing was asked either.</param>
internal sealed record WaitShares(double Waiting, IReadOnlyList<KeyValuePair<WaitCause, double>> Parts, bool IsIdle)
{
    /// <summary>A request that waits a twentieth of the time: no reader would notice if it did not.</summary>
    public const double Nothing = 0.05;

    /// <summary>Of all processors: the garbage collector and the kernel leave little idle above that.</summary>
    private const double Busy = 0.9;

    private static readonly TimeSpan _fromMemory = TimeSpan.FromMilliseconds(1);

    private static readonly string[] _listings = ["LOOKUP", "GETATTR", "READDIR", "READDIRPLUS"];

    /// <param name="seconds">Between them.</param>
    public static WaitShares Between(MountStatus first, MountStatus last, double seconds)
    {
        if (seconds <= 0 || first.Figures is not { } before || last.Figures is not { } after)
            return new WaitShares(0, [], IsIdle: false);
        double memory = Positive(after.Waits.Memory - before.Waits.Memory);
        double blocks = Positive(after.Waits.Blocks - before.Waits.Blocks);
        double listings = _listings.Sum(name => Since(before.KernelLatency, after.KernelLatency, name).SumAbove(_fromMemory).TotalSeconds);
        LatencySnapshot[] all = [.. after.KernelLatency.Keys.Select(name => Since(before.KernelLatency, after.KernelLatency, name))];
        double own = Positive(all.Sum(latency => latency.Sum.TotalSeconds) - memory - blocks - listings);
        // Of what has ended meanwhile the time before the first look was counted then.
        double fetched = Positive(blocks + last.Kernel.WaitingSeconds - first.Kernel.WaitingSeconds);

        double underWay = last.Store.BytesRead == first.Store.BytesRead ? 0 : ((first.Store.Health?.InUse ?? 0) + (last.Store.Health?.InUse ?? 0)) / 2.0 * seconds;
        Dictionary<WaitCause, double> causes = Divide(fetched, underWay, before, after);
        if (last.Process is { Processors: > 0 } process && first.Process is { } earlier && process.CpuSeconds - earlier.CpuSeconds > Busy * process.Processors * seconds)
            own += Take(causes, WaitCause.Bandwidth);
        causes[WaitCause.Memory] = memory;
        causes[WaitCause.Listings] = listings;
        causes[WaitCause.DaemonCpu] = own;
        double sum = causes.Values.Sum();
        return sum / seconds < Nothing
            ? new WaitShares(sum / seconds, [], last.Kernel.Requests == first.Kernel.Requests)
            : new WaitShares(sum / seconds, [.. causes.Where(cause => cause.Value > 0).OrderByDescending(cause => cause.Value).Select(cause => KeyValuePair.Create(cause.Key, cause.Value / sum))], IsIdle: false);
    }

    /// <param name="underWay">Seconds that all GETs together were, as far as two looks tell; 0 when no byte came.</param>
    private static Dictionary<WaitCause, double> Divide(double fetched, double underWay, FiguresPart before, FiguresPart after)
    {
        double latency = Since(before.StoreFirstByte, after.StoreFirstByte, "GET").Sum.TotalSeconds;
        var spent = new Dictionary<WaitCause, double>
        {
            [WaitCause.StoreLatency] = latency,
            [WaitCause.Bandwidth] = Positive(Math.Max(underWay, Since(before.StoreLatency, after.StoreLatency, "GET").Sum.TotalSeconds) - latency),
            [WaitCause.Connections] = Positive(after.Waits.Connection - before.Waits.Connection),
            [WaitCause.Retries] = Positive(after.Waits.Retry - before.Waits.Retry),
            [WaitCause.DiskCache] = Positive(after.Waits.Disk - before.Waits.Disk),
        };
        double sum = spent.Values.Sum();
        return sum > 0
            ? spent.ToDictionary(cause => cause.Key, cause => fetched * cause.Value / sum)
            : new Dictionary<WaitCause, double> { [WaitCause.StoreLatency] = fetched };
    }

    private static LatencySnapshot Since(IReadOnlyDictionary<string, LatencyFigures> before, IReadOnlyDictionary<string, LatencyFigures> after, string name) =>
        LatencySnapshot.Of(after.GetValueOrDefault(name)).Since(LatencySnapshot.Of(before.GetValueOrDefault(name)));

    private static double Take(Dictionary<WaitCause, double> causes, WaitCause cause) => causes.Remove(cause, out double seconds) ? seconds : 0;

    private static double Positive(double seconds) => Math.Max(0, seconds);
}
