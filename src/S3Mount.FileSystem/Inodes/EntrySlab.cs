using System.Diagnostics;
using System.Text;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Inodes;

/// <summary>
/// Up to 256 entries of one directory and their names, in two arrays. What was added never moves to another slot and never goes
/// away; a slab lives as long as somebody refers to it: a listing, or the directory while the kernel knows one of its entries.
/// <para>
/// <b>Threads.</b> Changed under the directory's gate alone; read by any thread, for slots that it has been told of.
/// </para>
/// </summary>
internal sealed class EntrySlab
{
    /// <summary>
    /// 12 KiB of entries, well below the large object heap. Of an ImageNet class of 1,300 files the last slab is 15 % of the
    /// whole, and it is cut to size.
    /// </summary>
    public const int Capacity = 256;

    /// <summary>So many numbers there are: a slot has 32 bits, and its successor is not 0.</summary>
    public const int Numbers = (1 << 24) - 1;

    private const int FirstEntries = 8;
    private const int FirstBytes = 256;

    private Entry[] _entries = [];
    private byte[] _bytes = [];
    private int _bytesUsed;
    private int _count;

    public EntrySlab(int number) => Number = number;

    /// <summary>Unique in its directory.</summary>
    public int Number { get; }

    public int Count => Volatile.Read(ref _count);

    public bool IsFull => _count == Capacity;

    /// <summary>How many of its entries the kernel knows. Under the directory's gate.</summary>
    public int Known { get; set; }

    /// <summary>What it takes in memory: both arrays, and the objects around them.</summary>
    public long SizeInBytes => 120 + (_entries.Length * 48L) + _bytes.Length;

    /// <summary>The entry itself; its changes need the directory's gate.</summary>
    public ref Entry this[int index] => ref Volatile.Read(ref _entries)[index];

    public ReadOnlySpan<byte> NameOf(int index)
    {
        ref Entry entry = ref this[index];
        return Volatile.Read(ref _bytes).AsSpan(entry.NameOffset, entry.NameLength);
    }

    public ObjectVersion VersionOf(int index)
    {
        ref Entry entry = ref this[index];
        return new ObjectVersion(TagOf(entry), entry.Size, entry.LastModified);
    }

    public int AddDirectory(ReadOnlySpan<byte> name) => Add(new Entry { Flags = EntryFlags.Directory }, name, default);

    public int AddFile(ReadOnlySpan<byte> name, in ObjectVersion version, byte storageClass)
    {
        var entry = new Entry { Size = version.Size, LastModified = version.LastModified, StorageClass = storageClass };
        if (version.ETag.TryPack(out PackedETag tag) && tag.Form < Entry.TextTag)
        {
            (entry.TagHigh, entry.TagLow, entry.TagForm) = (tag.High, tag.Low, (ushort)tag.Form);
            return Add(entry, name, default);
        }
        byte[] text = Encoding.UTF8.GetBytes(version.ETag.ToString());
        (entry.TagForm, entry.TagLow) = (Entry.TextTag, (ulong)text.Length);
        return Add(entry, name, text);
    }

    /// <summary>What is kept free for more entries goes.</summary>
    public void Trim()
    {
        if (_entries.Length > _count)
            Volatile.Write(ref _entries, _entries[.._count]);
        if (_bytes.Length > _bytesUsed)
            Volatile.Write(ref _bytes, _bytes[.._bytesUsed]);
    }

    private int Add(Entry entry, ReadOnlySpan<byte> name, ReadOnlySpan<byte> tag)
    {
        Debug.Assert(_count < Capacity && name.Length <= byte.MaxValue, "a full slab, or no name");
        int needed = _bytesUsed + name.Length + tag.Length;
        if (_bytes.Length < needed)
            Volatile.Write(ref _bytes, Grown(_bytes, Math.Max(needed, Math.Max(FirstBytes, _bytes.Length * 2))));
        if (_entries.Length == _count)
            Volatile.Write(ref _entries, Grown(_entries, Math.Min(Capacity, Math.Max(FirstEntries, _count * 2))));
        entry.NameOffset = _bytesUsed;
        entry.NameLength = (byte)name.Length;
        name.CopyTo(_bytes.AsSpan(_bytesUsed));
        tag.CopyTo(_bytes.AsSpan(_bytesUsed + name.Length));
        _bytesUsed = needed;
        _entries[_count] = entry;
        Volatile.Write(ref _count, _count + 1);
        return _count - 1;
    }

    private static T[] Grown<T>(T[] array, int length)
    {
        var grown = new T[length];
        array.CopyTo(grown, 0);
        return grown;
    }

    private ETag TagOf(in Entry entry)
    {
        if (entry.TagForm != Entry.TextTag)
            return ETag.Unpack(new PackedETag(entry.TagHigh, entry.TagLow, entry.TagForm));
        return ETag.Parse(Volatile.Read(ref _bytes).AsSpan(entry.NameOffset + entry.NameLength, (int)entry.TagLow));
    }
}
