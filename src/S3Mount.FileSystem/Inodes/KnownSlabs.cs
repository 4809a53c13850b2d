namespace S3Mount.FileSystem.Inodes;

/// <summary>
/// The slabs of a directory of which the kernel knows an entry, in the order of their numbers. A new listing of a directory whose old
/// one has gone has new numbers, so that these rise while the mount lives: what is held does not. Changed under the directory's gate;
/// read by any thread.
/// </summary>
internal sealed class KnownSlabs
{
    // Replaced as a whole: 8 KB to copy for every 256 files of a directory of 250,000.
    private EntrySlab[] _slabs = [];

    /// <summary>The entry of a slot, if its slab is known.</summary>
    public bool TryFind(uint slot, out EntryRef entry)
    {
        EntrySlab[] slabs = Volatile.Read(ref _slabs);
        int place = PlaceOf(slabs, NumberOf(slot));
        int index = (int)(slot % EntrySlab.Capacity);
        if (place >= 0 && index < slabs[place].Count)
        {
            entry = new EntryRef(slabs[place], index);
            return true;
        }
        entry = default;
        return false;
    }

    public EntrySlab[] All() => _slabs;

    public bool Contains(int number) => PlaceOf(_slabs, number) >= 0;

    /// <summary>The entry of a slot that is known.</summary>
    public EntryRef At(uint slot) => new(_slabs[PlaceOf(_slabs, NumberOf(slot))], (int)(slot % EntrySlab.Capacity));

    /// <summary>One more entry of a slab is known.</summary>
    public void Add(EntrySlab slab)
    {
        if (slab.Known++ > 0)
            return;
        int place = ~PlaceOf(_slabs, slab.Number);
        Volatile.Write(ref _slabs, [.. _slabs.AsSpan(0, place), slab, .. _slabs.AsSpan(place)]);
    }

    /// <summary>One entry less is known; with the last, the slab is no longer kept for the kernel's sake.</summary>
    public void Remove(EntrySlab slab)
    {
        if (--slab.Known > 0)
            return;
        int place = PlaceOf(_slabs, slab.Number);
        Volatile.Write(ref _slabs, [.. _slabs.AsSpan(0, place), .. _slabs.AsSpan(place + 1)]);
    }

    private static int NumberOf(uint slot) => (int)(slot / EntrySlab.Capacity);

    private static int PlaceOf(EntrySlab[] slabs, int number)
    {
        int low = 0, high = slabs.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int found = slabs[middle].Number;
            if (found == number)
                return middle;
            if (found < number)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return ~low;
    }
}
