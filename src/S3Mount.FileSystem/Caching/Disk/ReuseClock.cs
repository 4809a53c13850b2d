namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// Tells when something has not been used for so long that it will not be: time goes by bytes asked for, and what is missed
/// twice shows how much of it an epoch takes. A cache that is smaller than the dataset, of which each epoch is another
/// permutation, does best to keep what it has; something that has not been read for two epochs is no part of it any more.
/// <para>
/// Misses are sampled by hash at a rate that falls as they become many (the method of SHARDS, Waldspurger et al., FAST 2015),
/// so that memory is bounded. Any thread.
/// </para>
/// </summary>
internal sealed class ReuseClock(TimeProvider timeProvider)
{
    // 40 bytes each: 160 KiB. A mean over some hundred distances is within a few per cent.
    private const int MaxSamples = 4096;

    // Distances before the mean is believed.
    private const int FewestDistances = 16;

    // Of a permuted dataset, what is read at the end of one epoch and the beginning of the next is far nearer than an epoch, and
    // the reverse nearly two. At the beginning of the second epoch the mean is half of one: what nobody has asked for in three
    // quarters of an epoch goes then, and later in one and a half. A segment of some tens of images is asked for all the time.
    private const double Means = 1.5;

    // The weight of a new distance: the mean follows a change of dataset within an epoch of sampled misses.
    private const double Weight = 1.0 / 256;

    // Moments that are kept to tell when so many bytes ago was: an hour at one a second, less exact before.
    private const int MaxMoments = 4096;

    private readonly Lock _gate = new();
    // All guarded by _gate.
    private readonly Dictionary<ulong, long> _missed = [];
    private readonly List<(long Asked, long Moment)> _moments = [];
    private ulong _threshold = ulong.MaxValue;
    private long _asked;
    private int _distances;
    private double _mean;

    /// <summary>Bytes that have been asked for.</summary>
    public long Asked
    {
        get
        {
            lock (_gate)
                return _asked;
        }
    }

    /// <summary>Bytes have been asked for.</summary>
    public void Advance(long bytes)
    {
        long now = timeProvider.GetUtcNow().Ticks;
        lock (_gate)
        {
            if (_moments.Count == 0 || now - _moments[^1].Moment >= TimeSpan.TicksPerSecond / 10)
                Note(now);
            _asked += bytes;
        }
    }

    /// <summary>Something was asked for, is not in the cache, and finds no room in it.</summary>
    /// <param name="start">
    /// Where in the granule it begins: what is read of a granule at other times, parts of a stream or records in random order, are
    /// other things, and to take them for the same would make every epoch look short.
    /// </param>
    public void Missed(in CacheKey granule, int start)
    {
        // Of the granules of one object all but Low is the same.
        ulong hash = granule.High ^ granule.Low ^ ((ulong)start * 0x9e3779b97f4a7c15);
        lock (_gate)
        {
            if (hash > _threshold)
                return;
            if (_missed.TryGetValue(hash, out long before))
                Learn(_asked - before);
            _missed[hash] = _asked;
            if (_missed.Count > MaxSamples)
                SampleLess();
        }
    }

    /// <summary>What was last used before this moment (UTC ticks) will not be used again; null: not known.</summary>
    public long? IdleBefore()
    {
        lock (_gate)
        {
            if (_distances < FewestDistances || _moments.Count == 0)
                return null;
            long asked = _asked - (long)(Means * _mean);
            // Before it was watched nothing is known of what was used.
            if (asked <= 0)
                return null;
            int index = _moments.FindLastIndex(moment => moment.Asked <= asked);
            return index < 0 ? null : _moments[index].Moment;
        }
    }

    // Under _gate.
    private void Learn(long distance)
    {
        _distances++;
        _mean += (distance - _mean) * Math.Max(Weight, 1.0 / _distances);
    }

    // Under _gate.
    private void SampleLess()
    {
        while (_missed.Count > MaxSamples / 2)
        {
            _threshold /= 2;
            foreach (ulong hash in _missed.Keys.Where(hash => hash > _threshold).ToArray())
                _missed.Remove(hash);
        }
    }

    // Under _gate.
    private void Note(long now)
    {
        _moments.Add((_asked, now));
        if (_moments.Count <= MaxMoments)
            return;
        // Every other one of the older half goes.
        int kept = 0;
        for (int i = 0; i < _moments.Count; i++)
        {
            if (i >= MaxMoments / 2 || i % 2 == 0)
                _moments[kept++] = _moments[i];
        }
        _moments.RemoveRange(kept, _moments.Count - kept);
    }
}
