namespace S3Mount.FileSystem.Inodes;

/// <summary>
/// The slabs of a directory of which the kernel knows an entry, by their numbers. Changed under the directory's gate; read by any
/// thread.
/// </summary>
internal sealed class KnownSlabs
{
    private EntrySlab?[] _slabs = [];

    /// <summary>The entry of a slot, if its slab is known.</summary>
    public bool TryFind(uint slot, out EntryRef entry)
    {
        EntrySlab?[] slabs = Volatile.Read(ref _slabs);
        uint number = slot / EntrySlab.Capacity;
        int index = (int)(slot % EntrySlab.Capacity);
        if (number < slabs.Length && Volatile.Read(ref slabs[number]) is { } slab && index < slab.Count)
        {
            entry = new EntryRef(slab, index);
            return true;
        }
        entry = default;
        return false;
    }

    /// <summary>The entry of a slot that is known.</summary>
    public EntryRef At(uint slot) => new(_slabs[slot / EntrySlab.Capacity]!, (int)(slot % EntrySlab.Capacity));

    /// <summary>One more entry of a slab is known.</summary>
    public void Add(EntrySlab slab)
    {
        slab.Known++;
        if (slab.Number >= _slabs.Length)
        {
            var grown = new EntrySlab?[Math.Max(slab.Number + 1, Math.Max(4, _slabs.Length * 2))];
            _slabs.CopyTo(grown, 0);
            Volatile.Write(ref _slabs, grown);
        }
        Volatile.Write(ref _slabs[slab.Number], slab);
    }

    /// <summary>One entry less is known; with the last, the slab is no longer kept for the kernel's sake.</summary>
    public void Remove(EntrySlab slab)
    {
        if (--slab.Known == 0)
            Volatile.Write(ref _slabs[slab.Number], null);
    }
}
