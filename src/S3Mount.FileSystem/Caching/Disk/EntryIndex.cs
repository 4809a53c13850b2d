namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// Finds the records of a granule among those of all segments. A table of 8 bytes a slot, a third to three quarters full, beside the
/// segments' own 32 bytes an entry: 43 to 56 bytes a record. Any thread.
/// </summary>
internal sealed class EntryIndex
{
    private const int EntryBits = 24;
    private const int PrintBits = 20;
    private const int SegmentBits = 64 - EntryBits - PrintBits;
    private const ulong EntryMask = (1UL << EntryBits) - 1;
    private const ulong PrintMask = (1UL << PrintBits) - 1;
    private const ulong Removed = ulong.MaxValue;

    /// <summary>Records of one segment.</summary>
    public const int MaxEntries = 1 << EntryBits;

    /// <summary>Segments; the last number is that of what was removed.</summary>
    public const int MaxSegments = (1 << SegmentBits) - 2;

    private readonly Lock _gate = new();
    // All guarded by _gate. Number 0 is nobody's: an empty slot is 0.
    private readonly List<CacheSegment?> _segments = [null];
    private readonly Stack<int> _free = new();
    private ulong[] _slots = new ulong[1024];
    private int _used;

    public int Segments
    {
        get
        {
            lock (_gate)
                return _segments.Count - 1 - _free.Count;
        }
    }

    /// <summary>Of 8 bytes.</summary>
    internal int Slots
    {
        get
        {
            lock (_gate)
                return _slots.Length;
        }
    }

    /// <summary>Makes room for so many records more, at once: a table that grows leaves as much garbage as it has.</summary>
    public void Expect(int records)
    {
        lock (_gate)
            Reserve(records);
    }

    /// <summary>Adds a segment with all its records.</summary>
    /// <returns>False: there are too many.</returns>
    public bool TryAdd(CacheSegment segment)
    {
        lock (_gate)
        {
            if (_segments.Count > MaxSegments && _free.Count == 0)
                return false;
            if (_free.TryPop(out int number))
            {
                _segments[number] = segment;
            }
            else
            {
                number = _segments.Count;
                _segments.Add(segment);
            }
            segment.Number = number;
            Reserve(segment.Count);
            for (int entry = 0; entry < segment.Count; entry++)
                Insert(number, entry, segment[entry].Granule);
            return true;
        }
    }

    /// <summary>Adds a record of a segment that is in the index.</summary>
    public void Add(CacheSegment segment, int entry)
    {
        lock (_gate)
        {
            if (segment.Number == 0)
                return;
            Reserve(1);
            Insert(segment.Number, entry, segment[entry].Granule);
        }
    }

    /// <summary>Takes a segment out, with all its records.</summary>
    /// <returns>False: it is not in the index.</returns>
    public bool Remove(CacheSegment segment)
    {
        lock (_gate)
        {
            if (segment.Number == 0)
                return false;
            for (int i = 0; i < segment.Count; i++)
                RemoveSlot(segment, i);
            _segments[segment.Number] = null;
            _free.Push(segment.Number);
            segment.Number = 0;
            return true;
        }
    }

    /// <summary>Takes one record out.</summary>
    /// <returns>False: it is not in the index.</returns>
    public bool Remove(CacheSegment segment, int entry)
    {
        lock (_gate)
            return segment.Number != 0 && RemoveSlot(segment, entry);
    }

    /// <summary>The record that has a byte of a granule; of several the one that goes farthest.</summary>
    /// <param name="next">Without one: where the next record of the granule begins behind it, or the granule ends.</param>
    public bool TryFind(in CacheKey granule, int at, out CacheSegment segment, out int entry, out int next)
    {
        (segment, entry, next) = (null!, -1, CacheFormat.GranuleSize);
        int farthest = at;
        lock (_gate)
        {
            ulong print = PrintOf(granule);
            for (int i = HomeOf(granule); _slots[i] != 0; i = (i + 1) & (_slots.Length - 1))
            {
                if (_slots[i] == Removed || (_slots[i] & PrintMask) != print)
                    continue;
                CacheSegment found = _segments[(int)(_slots[i] >> (EntryBits + PrintBits))]!;
                int number = (int)((_slots[i] >> PrintBits) & EntryMask);
                ref readonly SegmentEntry record = ref found[number];
                if (record.Granule != granule)
                    continue;
                if (record.Start > at)
                    next = Math.Min(next, record.Start);
                else if (record.End > farthest)
                    (segment, entry, farthest) = (found, number, record.End);
            }
        }
        return entry >= 0;
    }

    /// <summary>Whether all of a record is in another segment too, whose name comes first.</summary>
    public bool IsDouble(CacheSegment segment, int entry)
    {
        lock (_gate)
        {
            ref readonly SegmentEntry record = ref segment[entry];
            ulong print = PrintOf(record.Granule);
            for (int i = HomeOf(record.Granule); _slots[i] != 0; i = (i + 1) & (_slots.Length - 1))
            {
                if (_slots[i] == Removed || (_slots[i] & PrintMask) != print)
                    continue;
                CacheSegment found = _segments[(int)(_slots[i] >> (EntryBits + PrintBits))]!;
                ref readonly SegmentEntry other = ref found[(int)((_slots[i] >> PrintBits) & EntryMask)];
                if (other.Granule == record.Granule && other.Start <= record.Start && other.End >= record.End && string.CompareOrdinal(found.Path, segment.Path) < 0)
                    return true;
            }
        }
        return false;
    }

    /// <summary>All segments.</summary>
    public CacheSegment[] ToArray()
    {
        lock (_gate)
            return [.. _segments.OfType<CacheSegment>()];
    }

    private static ulong PrintOf(in CacheKey granule) => granule.High & PrintMask;

    private int HomeOf(in CacheKey granule) => (int)(granule.Low & (ulong)(_slots.Length - 1));

    private void Insert(int segment, int entry, in CacheKey granule)
    {
        int i = HomeOf(granule);
        while (_slots[i] is not 0 and not Removed)
            i = (i + 1) & (_slots.Length - 1);
        _used += _slots[i] == 0 ? 1 : 0;
        _slots[i] = ((ulong)segment << (EntryBits + PrintBits)) | ((ulong)entry << PrintBits) | PrintOf(granule);
    }

    private bool RemoveSlot(CacheSegment segment, int entry)
    {
        CacheKey granule = segment[entry].Granule;
        ulong slot = ((ulong)segment.Number << (EntryBits + PrintBits)) | ((ulong)entry << PrintBits) | PrintOf(granule);
        for (int i = HomeOf(granule); _slots[i] != 0; i = (i + 1) & (_slots.Length - 1))
        {
            if (_slots[i] == slot)
            {
                _slots[i] = Removed;
                return true;
            }
        }
        return false;
    }

    // Room for so many more within three quarters. What was removed goes. A table that was made anew has room for a while: else
    // a cache that lets go and takes up all the time would make it anew all the time.
    private void Reserve(int more)
    {
        if (_used + more <= _slots.Length / 4 * 3)
            return;
        ulong[] before = _slots;
        int live = before.Count(slot => slot is not 0 and not Removed);
        int length = 1024;
        while (length / 8 * 5 < live + more)
            length = checked(length * 2);
        _slots = new ulong[length];
        _used = 0;
        foreach (ulong slot in before)
        {
            if (slot is 0 or Removed)
                continue;
            int segment = (int)(slot >> (EntryBits + PrintBits)), entry = (int)((slot >> PrintBits) & EntryMask);
            Insert(segment, entry, _segments[segment]![entry].Granule);
        }
    }
}
