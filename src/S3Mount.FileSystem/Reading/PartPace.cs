namespace S3Mount.FileSystem.Reading;

/// <summary>
/// How fast the store has been giving parts, and so how many of them at once are of use: as many as the processors can pass on to
/// the kernel. From a store in another region, where a connection brings a fifth, that is five times as many. Any thread.
/// </summary>
internal sealed class PartPace
{
    /// <summary>A part of 8 MiB at 20 ms to the first byte and 80 MB/s, what S3 gives within a region, in bytes a second.</summary>
    public const long NearRate = 67_000_000;

    // A core moves some 1.2 GB/s from the store to the kernel (0.8 s of CPU a GiB, measured), 18 parts at the near rate; the reader
    // needs its share of it.
    private const int PartsPerCore = 8;

    /// <summary>A near store that is slow for a moment must not be left with too little under way.</summary>
    public const int MinParts = 16;

    // Shorter ones say more of the latency than of the connection.
    private const int MinMeasured = 4 << 20;

    private readonly int _cores;
    private readonly int _maxParts;
    private long _rate = NearRate;

    /// <param name="maxParts">What there are connections for.</param>
    public PartPace(int cores, int maxParts) => (_cores, _maxParts) = (cores, maxParts);

    public int UsefulParts => (int)Math.Clamp(PartsPerCore * _cores * NearRate / Volatile.Read(ref _rate), Math.Min(MinParts, _maxParts), _maxParts);

    /// <summary>A part has come. Two at once may lose one of the measurements; the next one counts again.</summary>
    public void Measured(int length, TimeSpan took)
    {
        if (length < MinMeasured || took <= TimeSpan.Zero)
            return;
        long rate = Volatile.Read(ref _rate);
        long measured = (long)(length / took.TotalSeconds);
        Volatile.Write(ref _rate, Math.Max(1, rate + ((measured - rate) / 8)));
    }
}
