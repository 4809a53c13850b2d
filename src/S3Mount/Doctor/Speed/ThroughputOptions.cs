namespace S3Mount.Doctor.Speed;

/// <summary>How throughput is measured.</summary>
internal sealed record ThroughputOptions
{
    /// <summary>Each number of connections for so long, once they are made.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Before that: connects, handshakes and the slow start of TCP.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>What is still under way at the end of a step is waited for, so that its connections stay; no longer than this.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes in all: a quarter of a second for each of eight steps at 10 Gbit/s; some 20 cents where traffic out of AWS is paid for.</summary>
    public long MostBytes { get; init; } = 2L << 30;

    /// <summary>Bytes of one request: at 20 ms to the first byte and 80 MB/s half the time is wire, and 128 of them take 256 MiB.</summary>
    public int Range { get; init; } = 2 << 20;

    public required IReadOnlyList<int> Connections { get; init; }

    /// <summary>1, 2, 4, ... up to the most, which is always among them.</summary>
    public static IReadOnlyList<int> ConnectionsUpTo(int most)
    {
        var counts = new List<int>();
        for (int count = 1; count < most; count *= 2)
            counts.Add(count);
        counts.Add(most);
        return counts;
    }
}
