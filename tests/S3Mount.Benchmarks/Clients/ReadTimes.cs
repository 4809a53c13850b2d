using System.Diagnostics;

namespace S3Mount.Benchmarks.Clients;

/// <summary>When each file of a pass had been read, and how long that took; travels as JSON.</summary>
/// <param name="Ended">Milliseconds of <see cref="Now"/>.</param>
/// <param name="Took">Microseconds, from before open(2) to after close(2).</param>
/// <param name="Errors">Files that could not be read; they are in neither list.</param>
internal sealed record ReadTimes(long[] Ended, long[] Took, int Errors)
{
    /// <summary>The same clock in all processes: CLOCK_MONOTONIC, in milliseconds.</summary>
    public static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);

    /// <summary>Milliseconds that so much of the reads took at most.</summary>
    public double Percentile(double of100)
    {
        long[] sorted = [.. Took.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * of100 / 100))] / 1000.0;
    }

    /// <summary>Files a second between two moments.</summary>
    public double Rate(long from, long to) => Ended.Count(ended => ended >= from && ended < to) * 1000.0 / (to - from);
}
