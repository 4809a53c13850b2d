namespace S3Mount.FileSystem.Inodes;

/// <summary>
/// The files of a directory that the kernel knows: by slot, and by the name under which it knows them now. The names are an
/// open-addressed table of slots, 6 to 11 bytes for each, since their bytes stay in the slabs. Changed and searched by name
/// under the directory's gate.
/// </summary>
internal sealed class KnownFiles
{
    private const int FirstLength = 4;

    private readonly KnownSlabs _slabs = new();
    // Slot + 1; 0 is free.
    private uint[] _places = [];
    private int _names;

    /// <summary>Any thread.</summary>
    public bool TryFind(uint slot, out EntryRef file) => _slabs.TryFind(slot, out file) && file.Slab[file.Index].Lookups > 0;

    /// <summary>What the kernel knows under the name.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out EntryRef file)
    {
        file = default;
        if (_names == 0)
            return false;
        uint place = _places[PlaceOf(name)];
        if (place != 0)
            file = _slabs.At(place - 1);
        return place != 0;
    }

    /// <summary>Whether the kernel knows a file in the slab of that number.</summary>
    public bool HasSlab(int number) => _slabs.Contains(number);

    /// <summary>The kernel is told of a file once more; the name stands for it from now on.</summary>
    /// <returns>Whether it did not know the file.</returns>
    public bool AddLookup(in EntryRef file)
    {
        ref Entry entry = ref file.Slab[file.Index];
        bool isNew = entry.Lookups == 0;
        if (isNew)
            _slabs.Add(file.Slab);
        if (entry.Lookups < uint.MaxValue)
            entry.Lookups++;
        Name(file);
        return isNew;
    }

    /// <summary>The kernel gives lookups back.</summary>
    /// <returns>Whether it has forgotten the file altogether.</returns>
    /// <exception cref="InvalidOperationException">More than it holds: a bug here or in the kernel.</exception>
    public bool Forget(in EntryRef file, ulong lookups)
    {
        ref Entry entry = ref file.Slab[file.Index];
        if (entry.Lookups == uint.MaxValue)
            return false;
        if (lookups > entry.Lookups)
            throw new InvalidOperationException($"forget of {lookups} lookups where the kernel holds {entry.Lookups}");
        entry.Lookups -= (uint)lookups;
        if (entry.Lookups > 0)
            return false;
        Unname(file);
        _slabs.Remove(file.Slab);
        return true;
    }

    /// <summary>What the kernel knows, under each name.</summary>
    public EntryRef[] Named()
    {
        var named = new EntryRef[_names];
        int count = 0;
        foreach (uint place in _places)
        {
            if (place != 0)
                named[count++] = _slabs.At(place - 1);
        }
        return named;
    }

    /// <summary>All that the kernel knows, also versions whose name stands for another by now, by slot.</summary>
    public EntryRef[] All() => [.. _slabs.All().SelectMany(slab => Enumerable.Range(0, slab.Count).Select(index => new EntryRef(slab, index))).Where(file => file.Slab[file.Index].Lookups > 0)];

    /// <summary>The kernel knows a file from an earlier process.</summary>
    public void Restore(in EntryRef file, uint lookups, bool isNamed)
    {
        _slabs.Add(file.Slab);
        file.Slab[file.Index].Lookups = lookups;
        if (isNamed)
            Name(file);
    }

    public bool IsEmpty => _names == 0;

    private void Name(in EntryRef file)
    {
        // At most three quarters full, so that a search ends soon.
        if ((_names + 1) * 4L > _places.Length * 3L)
            Resize(Math.Max(FirstLength, _places.Length * 2));
        int place = PlaceOf(file.Name);
        if (_places[place] == 0)
            _names++;
        _places[place] = file.Slot + 1;
    }

    // Removes the name if it still stands for this file, whose slab is still known.
    private void Unname(in EntryRef file)
    {
        if (_names == 0)
            return;
        int hole = PlaceOf(file.Name);
        if (_places[hole] != file.Slot + 1)
            return;
        _places[hole] = 0;
        if (--_names == 0)
        {
            _places = [];
            return;
        }
        // What was put behind the hole because its own place was taken moves up.
        for (int place = Next(hole); _places[place] != 0; place = Next(place))
        {
            int home = HomeOf(_slabs.At(_places[place] - 1).Name);
            bool isBetween = hole <= place ? home > hole && home <= place : home > hole || home <= place;
            if (isBetween)
                continue;
            (_places[hole], _places[place]) = (_places[place], 0);
            hole = place;
        }
    }

    private void Resize(int length)
    {
        uint[] old = _places;
        _places = new uint[length];
        foreach (uint place in old)
        {
            if (place != 0)
                _places[PlaceOf(_slabs.At(place - 1).Name)] = place;
        }
    }

    private int PlaceOf(ReadOnlySpan<byte> name)
    {
        int place = HomeOf(name);
        while (_places[place] != 0 && !_slabs.At(_places[place] - 1).Name.SequenceEqual(name))
            place = Next(place);
        return place;
    }

    private int HomeOf(ReadOnlySpan<byte> name) => (int)(NameComparer.Hash(name) & (uint)(_places.Length - 1));

    private int Next(int place) => (place + 1) & (_places.Length - 1);
}
