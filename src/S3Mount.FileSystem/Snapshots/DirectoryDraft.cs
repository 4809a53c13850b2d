using S3Mount.FileSystem.Listing;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>
/// A directory while its keys come; sealed, its entries in <see cref="EntryOrder"/>, one a name. One thread.
/// </summary>
internal sealed class DirectoryDraft
{
    // Larger ones are not kept for the next directory: one flat prefix is no reason to hold its memory for ever.
    private const int MostKept = 64 << 10;

    private EntryRecord[] _entries = new EntryRecord[16];
    private byte[] _names = new byte[256];
    private int _added;
    private int _namesLength;
    private int[]? _order;

    /// <summary>In the order of the directories' first keys; that of the prefix is 0.</summary>
    public int Number { get; private set; }

    public int Parent { get; private set; }

    /// <summary>Entries, of a sealed one.</summary>
    public int Count { get; private set; }

    /// <summary>Files that are not among the entries, because a directory has their name.</summary>
    public int Shadowed => _added - Count;

    /// <summary>Whether its entries are all that there are.</summary>
    public bool IsListed { get; private set; }

    public void Begin(int number, int parent, bool isListed = true)
    {
        (Number, Parent, IsListed) = (number, parent, isListed);
        (_added, _namesLength, _order, Count) = (0, 0, null, 0);
        if (_entries.Length > MostKept)
            (_entries, _names) = (new EntryRecord[16], new byte[256]);
    }

    /// <exception cref="SnapshotException">There are more entries than a directory of a snapshot can have.</exception>
    public void Add(ReadOnlySpan<byte> name, in EntryRecord entry)
    {
        if (SnapshotFormat.BlockLength(_added + 1L, (long)_namesLength + name.Length) > SnapshotFormat.MaxBlockLength)
            throw new SnapshotException(SnapshotFailure.Unlistable, $"a directory has more than {_added} entries; a snapshot cannot hold them");
        if (_added == _entries.Length)
            Array.Resize(ref _entries, _added * 2);
        if (name.Length > _names.Length - _namesLength)
            Array.Resize(ref _names, (int)Math.Min(Array.MaxLength, _names.Length * 2L));
        ref EntryRecord added = ref _entries[_added++];
        added = entry;
        added.NameOffset = (uint)_namesLength;
        name.CopyTo(_names.AsSpan(_namesLength));
        _namesLength += name.Length;
    }

    /// <summary>Puts the entries into order; a directory wins over a file of its name.</summary>
    public void Seal()
    {
        Count = _added;
        bool isOrdered = true;
        for (int i = 1; i < _added && isOrdered; i++)
            isOrdered = EntryOrder.Compare(NameAdded(i - 1), NameAdded(i)) < 0;
        if (!isOrdered)
            Sort();
    }

    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public ref readonly EntryRecord this[int index] => ref _entries[_order is null ? index : _order[index]];

    public ReadOnlySpan<byte> NameOf(int index) => NameAdded(_order is null ? index : _order[index]);

    private ReadOnlySpan<byte> NameAdded(int added)
    {
        int start = (int)_entries[added].NameOffset;
        int end = added + 1 < _added ? (int)_entries[added + 1].NameOffset : _namesLength;
        return _names.AsSpan(start, end - start);
    }

    private void Sort()
    {
        int[] order = new int[_added];
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        order.AsSpan().Sort(ByNameDirectoriesFirst);
        int kept = 1;
        for (int i = 1; i < order.Length; i++)
        {
            if (!NameAdded(order[i]).SequenceEqual(NameAdded(order[kept - 1])))
                order[kept++] = order[i];
        }
        (_order, Count) = (order, kept);
    }

    private int ByNameDirectoriesFirst(int left, int right)
    {
        int order = EntryOrder.Compare(NameAdded(left), NameAdded(right));
        return order != 0 ? order : _entries[right].IsDirectory.CompareTo(_entries[left].IsDirectory);
    }
}
