using S3Mount.Control;
using S3Mount.Telemetry;

namespace S3Mount.Top;

/// <summary>What a screen shows of a mount, made of what its daemon answered to several looks. Rates are per second.</summary>
internal sealed record TopFigures
{
    /// <summary>The last answer.</summary>
    public required MountStatus Status { get; init; }

    /// <summary>False of the first look: there is nothing to compare it with, and all rates are zero.</summary>
    public bool HasRates { get; init; }

    /// <summary>That READs were answered with, between the last two looks; <see cref="StoreBytes"/> to <see cref="Requests"/> likewise.</summary>
    public double ReadBytes { get; init; }

    public double StoreBytes { get; init; }

    public double DiskBytes { get; init; }

    /// <summary>Begun to be read.</summary>
    public double Files { get; init; }

    /// <summary>Of the kernel.</summary>
    public double Requests { get; init; }

    /// <summary>Processors that the daemon used, between the last two looks.</summary>
    public double Processors { get; init; }

    /// <summary>Over the last looks, as all that follows; null: nothing was read.</summary>
    public HitShares? Hits { get; init; }

    public required WaitShares Waits { get; init; }

    /// <summary>Requests of the kernel, by operation; those of which there were any.</summary>
    public required IReadOnlyList<KeyValuePair<string, LatencySnapshot>> KernelLatency { get; init; }

    /// <summary>Requests to the store, to the last byte; and GET to the first byte.</summary>
    public required IReadOnlyList<KeyValuePair<string, LatencySnapshot>> StoreLatency { get; init; }

    /// <summary>In the currency of the prices; null: there are none.</summary>
    public decimal? CostPerHour { get; init; }

    public required IReadOnlyList<ReaderRow> Readers { get; init; }

    /// <param name="first">The first of the last looks, over which what happens seldom is told.</param>
    /// <param name="before">The look before the last.</param>
    /// <param name="seconds">From <paramref name="before"/> to <paramref name="last"/>.</param>
    /// <param name="window">From <paramref name="first"/> to <paramref name="last"/>.</param>
    public static TopFigures Of(TopSample first, TopSample before, TopSample last, double seconds, double window)
    {
        (MountStatus start, MountStatus previous, MountStatus now) = (first.Status, before.Status, last.Status);
        return new TopFigures
        {
            Status = now,
            HasRates = seconds > 0,
            ReadBytes = Rate(status => (status.Reads?.MemoryBytes ?? 0) + (status.Reads?.FetchedBytes ?? 0)),
            StoreBytes = Rate(status => status.Store.BytesRead),
            DiskBytes = Rate(status => status.Cache?.HitBytes ?? 0),
            Files = Rate(status => status.Reads?.Files ?? 0),
            Requests = Rate(status => status.Kernel.Requests),
            Processors = Rate(status => status.Process?.CpuSeconds ?? 0),
            Hits = HitShares.Between(start, now),
            Waits = WaitShares.Between(start, now, window),
            KernelLatency = Latencies(start.Figures?.KernelLatency, now.Figures?.KernelLatency),
            StoreLatency =
            [
                .. Latencies(start.Figures?.StoreLatency, now.Figures?.StoreLatency),
                .. Latencies(start.Figures?.StoreFirstByte, now.Figures?.StoreFirstByte).Where(latency => latency.Key == "GET").Select(latency => KeyValuePair.Create("first byte", latency.Value)),
            ],
            CostPerHour = now.Cost is { } cost && window > 0 ? (cost.Total - (start.Cost?.Total ?? 0)) * 3600 / (decimal)window : null,
            Readers = ReaderRows.Of(first, before, last, seconds),
        };

        double Rate(Func<MountStatus, double> count) => seconds <= 0 ? 0 : Math.Max(0, count(now) - count(previous)) / seconds;
    }

    private static IReadOnlyList<KeyValuePair<string, LatencySnapshot>> Latencies(IReadOnlyDictionary<string, LatencyFigures>? before, IReadOnlyDictionary<string, LatencyFigures>? after) =>
    [
        .. (after ?? new Dictionary<string, LatencyFigures>())
            .Select(latency => KeyValuePair.Create(latency.Key, LatencySnapshot.Of(latency.Value).Since(LatencySnapshot.Of(before?.GetValueOrDefault(latency.Key)))))
            .Where(latency => latency.Value.Count > 0),
    ];
}
