using System.Globalization;
using S3Mount.Control.Client;

namespace S3Mount.Doctor.Speed;

/// <summary>How much comes over how many connections, and beyond which number no more comes.</summary>
/// <param name="isQuick">It is left out.</param>
internal sealed class ThroughputCheck(Findings findings, ThroughputOptions options, bool isQuick, TimeProvider timeProvider) : ICheck
{
    /// <summary>Of less, requests are measured and not bytes.</summary>
    private const long Least = 1 << 20;

    /// <summary>Each object so often at most: of a few small ones a second's worth would be many thousand requests.</summary>
    private const int MostPasses = 100;

    public CheckArea Area => CheckArea.Speed;

    public string Name => "throughput";

    /// <summary>Eight numbers of connections, each with all that it may take; twice that.</summary>
    public TimeSpan Deadline => options.Connections.Count * 2 * (options.WarmUp + options.Step + options.Grace) + TimeSpan.FromSeconds(10);

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (isQuick)
            return CheckResult.Skipped("of --quick");
        if (findings.Store is not { } opened || !findings.IsReadable)
            return CheckResult.Skipped("no object can be read");
        // With buffers for all connections no more than an eighth of what the machine has.
        int range = (int)Math.Clamp((findings.MemoryLimit ?? long.MaxValue) / 8 / options.Connections[^1], 64 << 10, options.Range);
        var ranges = new SampleRanges(findings.Sample.Objects, range);
        if (ranges.Bytes < Least)
            return CheckResult.Skipped($"all that was listed is {StatusText.Size(ranges.Bytes)}, too little to measure");
        var meter = new ThroughputMeter(opened, ranges, options, timeProvider);
        ThroughputCurve curve = findings.Throughput = await meter.MeasureAsync(Math.Min(options.MostBytes, ranges.Bytes * MostPasses), cancellationToken).ConfigureAwait(false);
        string found = Describe(curve);
        return curve.Throttled == 0
            ? CheckResult.Ok(found)
            : CheckResult.Warning($"{found}; the store refused {curve.Throttled.ToString("N0", CultureInfo.InvariantCulture)} of them as too many", $"use no more than --max-connections {curve.Knee.Connections}, or ask its operators for a higher limit");
    }

    private static string Describe(ThroughputCurve curve)
    {
        string beyond = curve.IsGrowing ? "and it still grows there" : "and hardly more with more";
        string connections = curve.Knee.Connections == 1 ? "one connection" : string.Create(CultureInfo.InvariantCulture, $"{curve.Knee.Connections} connections");
        string steps = string.Join(", ", curve.Steps.Select(step => $"{step.Connections}: {DoctorText.Megabytes(step.BytesPerSecond)}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"{DoctorText.Rate(curve.Knee.BytesPerSecond)} with {connections}, {beyond} (MB/s by connections {steps}); {StatusText.Size(curve.Bytes)} were fetched with {curve.Requests:N0} requests");
    }
}
