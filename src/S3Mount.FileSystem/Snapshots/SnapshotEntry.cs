using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>An entry of a <see cref="SnapshotDirectory"/>: a directory, or one version of an object.</summary>
public readonly ref struct SnapshotEntry
{
    private readonly SnapshotFile _file;
    private readonly ref readonly EntryRecord _record;

    internal SnapshotEntry(SnapshotFile file, ref readonly EntryRecord record, ReadOnlySpan<byte> name)
    {
        _file = file;
        _record = ref record;
        Name = name;
    }

    /// <summary>Good for as long as anybody holds it.</summary>
    public ReadOnlySpan<byte> Name { get; }

    public bool IsDirectory => _record.IsDirectory;

    /// <summary>Of a directory.</summary>
    public SnapshotDirectory Directory => IsDirectory ? new SnapshotDirectory(_file, (int)_record.Size) : throw new InvalidOperationException("a file is no directory");

    /// <summary>Of a file. Allocates only for an ETag that is not made of hex digits.</summary>
    public ObjectVersion Version => IsDirectory ? throw new InvalidOperationException("a directory has no version") : _record.Version(_file.Strings);

    /// <summary>Of a file: the same string for all of the same class.</summary>
    public string StorageClass => IsDirectory ? throw new InvalidOperationException("a directory has no storage class") : _file.StorageClasses[_record.StorageClass];
}
