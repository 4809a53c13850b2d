namespace S3Mount.ObjectStore.S3;

/// <summary>
/// How long answers have lately taken to begin: the 95th percentile of the last few hundred. A mean would be moved by the few
/// that stall, which is what it is there to tell from the others. Any thread.
/// </summary>
internal sealed class LatencyTracker
{
    private const double Quantile = 0.95;

    // From 1 ms on each is a fifth (2^0.25) wider than the one before; the last begins at 55 s, beyond what anybody waits for.
    private const int Buckets = 64;
    private const int BucketsPerOctave = 4;

    // A 95th percentile of fewer has its twentieth part in no answer at all.
    private const int Enough = 20;

    // What is older than some 256 to 512 answers fades: 20,000 small files a second forget in 25 ms what a slow minute was like, a
    // walk that lists ten directories a second within a minute.
    private const int Most = 512;

    private readonly int[] _counts = new int[Buckets];
    private readonly Lock _gate = new();
    private int _total;
    private long _usualTicks;

    /// <summary>Null until enough is known.</summary>
    public TimeSpan? Usual => Interlocked.Read(ref _usualTicks) is > 0 and long ticks ? new TimeSpan(ticks) : null;

    public void Record(TimeSpan latency)
    {
        double milliseconds = latency.TotalMilliseconds;
        int bucket = milliseconds <= 1 ? 0 : Math.Min(Buckets - 1, (int)(Math.Log2(milliseconds) * BucketsPerOctave));
        lock (_gate)
        {
            _counts[bucket]++;
            if (++_total >= Most)
                Fade();
            // Every sixteenth moves a percentile of hundreds by no more than it is blurred already.
            if (_total >= Enough && _total % 16 == 4)
                Interlocked.Exchange(ref _usualTicks, Find().Ticks);
        }
    }

    private void Fade()
    {
        _total = 0;
        for (int i = 0; i < Buckets; i++)
            _total += _counts[i] /= 2;
    }

    // The upper end of the bucket.
    private TimeSpan Find()
    {
        int above = _total - (int)(_total * Quantile);
        int bucket = Buckets;
        do
            above -= _counts[--bucket];
        while (above > 0 && bucket > 0);
        return TimeSpan.FromMilliseconds(Math.Pow(2, (bucket + 1) / (double)BucketsPerOctave));
    }
}
