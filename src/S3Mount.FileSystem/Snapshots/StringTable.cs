using System.Text;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>The strings of a snapshot while it is being made. One thread.</summary>
internal sealed class StringTable
{
    private readonly Dictionary<string, int> _storageClasses = [];
    private readonly List<StringRecord> _storageClassTexts = [];
    private byte[] _bytes = new byte[256];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>By their codes.</summary>
    public IReadOnlyList<StringRecord> StorageClasses => _storageClassTexts;

    public StringRecord Add(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Reserve(length);
        var added = new StringRecord { Offset = (uint)_length, Length = (uint)length };
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
        return added;
    }

    /// <summary>A tag that is not made of hex digits, in quotes.</summary>
    public (ulong Offset, ulong Length) AddTag(string tag)
    {
        StringRecord added = Add($"\"{tag}\"");
        return (added.Offset, added.Length);
    }

    /// <exception cref="SnapshotException">There are more storage classes than a byte can count.</exception>
    public int CodeOf(string storageClass)
    {
        if (_storageClasses.TryGetValue(storageClass, out int code))
            return code;
        code = _storageClasses.Count;
        if (code == EntryRecord.MaxStorageClasses)
            throw new SnapshotException(SnapshotFailure.Unlistable, $"the store has more than {EntryRecord.MaxStorageClasses} storage classes; a snapshot cannot hold them");
        _storageClassTexts.Add(Add(storageClass));
        _storageClasses.Add(storageClass, code);
        return code;
    }

    private void Reserve(int length)
    {
        if (length > SnapshotFormat.MaxBlockLength - _length)
            throw new SnapshotException(SnapshotFailure.Unlistable, "the ETags of the store take more than 2 GiB; a snapshot cannot hold them");
        if (length > _bytes.Length - _length)
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, _length + (long)length)));
    }
}
