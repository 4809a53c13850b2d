namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// Tells when something has not been used for so long that it will not be: time goes by bytes asked for, and what is asked for
/// twice shows how much of it an epoch takes. A cache that is smaller than the dataset, of which each epoch is another
/// permutation, does best to keep what it has; something that has not been read for two epochs is no part of it any more.
/// <para>
/// What is asked for is sampled by hash at a rate that falls as it becomes much (the method of SHARDS, Waldspurger et al., FAST
/// 2015), so that memory is bounded. Hits count as misses do: the misses alone, of a cache that became full late in the first
/// epoch, would make the second look short. Any thread.
/// </para>
/// </summary>
internal sealed class ReuseClock(TimeProvider timeProvider)
{
    // 40 bytes each: 160 KiB. A mean over some hundred distances is within a few per cent.
    private const int MaxSamples = 4096;

    // Distances before the mean is believed.
    private const int FewestDistances = 16;

    // A permuted dataset: of what is asked for at the fraction y of an epoch, the mean distance is y and a half of it. Twice that
    // is back before the last epoch but one ended, whatever y is; and in each epoch everything is asked for.
    private const double Means = 2;

    // The weight of a new distance: the mean follows a change of dataset within an epoch of samples.
    private const double Weight = 1.0 / 256;

    // Moments that are kept to tell when so many bytes ago was: an hour at one a second, less exact before.
    private const int MaxMoments = 4096;

    private readonly Lock _gate = new();
    // All guarded by _gate.
    private readonly Dictionary<ulong, long> _sampled = [];
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

    /// <summary>Bytes of a granule have been asked for.</summary>
    /// <param name="start">
    /// Where in the granule they begin: what is read of a granule at other times, parts of a stream or records in random order, are
    /// other things, and to take them for the same would make every epoch look short.
    /// </param>
    public void Ask(in CacheKey granule, int start, int length)
    {
        long now = timeProvider.GetUtcNow().Ticks;
        // Of the granules of one object all but Low is the same.
        ulong hash = granule.High ^ granule.Low ^ ((ulong)start * 0x9e3779b97f4a7c15);
        lock (_gate)
        {
            if (_moments.Count == 0 || now - _moments[^1].Moment >= TimeSpan.TicksPerSecond / 10)
                Note(now);
            _asked += length;
            if (hash > _threshold)
                return;
            if (_sampled.TryGetValue(hash, out long before))
                Learn(_asked - before);
            _sampled[hash] = _asked;
            if (_sampled.Count > MaxSamples)
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
        while (_sampled.Count > MaxSamples / 2)
        {
            _threshold /= 2;
            foreach (ulong hash in _sampled.Keys.Where(hash => hash > _threshold).ToArray())
                _sampled.Remove(hash);
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
