using System.Numerics;

namespace S3Mount.FileSystem.Counting;

/// <summary>
/// Some counters that many threads add to at once: each thread adds to its own row, or to one that few others have, and whoever reads adds the
/// rows up. Adding never waits and allocates nothing but a row, once. Any thread.
/// </summary>
public sealed class StripedCounters
{
    // 128 bytes on each side: two cache lines, because processors fetch lines in pairs.
    private const int Padding = 128 / sizeof(long);

    // As many as there are processors, for more threads than those do not run at once; 16 rows of a histogram are 18 KiB.
    private static readonly int _rowCount = Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount), 4, 16);

    private static int _threads;

    // One more than the row of this thread; 0: it has none yet.
    [ThreadStatic]
    private static int _rowOfThread;

    private readonly long[]?[] _rows = new long[]?[_rowCount];

    public StripedCounters(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Count = count;
    }

    /// <summary>How many counters there are.</summary>
    public int Count { get; }

    public void Add(int counter, long value) => Interlocked.Add(ref Row()[Padding + counter], value);

    /// <summary>Adds to two of them for little more than the price of one. Who reads may see one without the other.</summary>
    public void Add(int first, long value, int second, long secondValue)
    {
        long[] row = Row();
        Interlocked.Add(ref row[Padding + first], value);
        Interlocked.Add(ref row[Padding + second], secondValue);
    }

    public long Read(int counter)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)counter, (uint)Count, nameof(counter));
        long sum = 0;
        for (int i = 0; i < _rows.Length; i++)
        {
            if (Volatile.Read(ref _rows[i]) is { } row)
                sum += Interlocked.Read(ref row[Padding + counter]);
        }
        return sum;
    }

    private long[] Row()
    {
        if (_rowOfThread == 0)
            _rowOfThread = 1 + (Interlocked.Increment(ref _threads) & (_rowCount - 1));
        return Volatile.Read(ref _rows[_rowOfThread - 1]) ?? Make(_rowOfThread - 1);
    }

    private long[] Make(int index)
    {
        var made = new long[Padding + Count + Padding];
        return Interlocked.CompareExchange(ref _rows[index], made, null) ?? made;
    }
}
