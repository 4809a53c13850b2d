using System.Runtime.InteropServices;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>Writes a snapshot file as the directories come; see <see cref="SnapshotFormat"/>. One thread.</summary>
internal sealed class SnapshotFileWriter : IDirectorySink
{
    private readonly Stream _stream;
    private readonly SnapshotKind _kind;
    private readonly SectionWriter _sections;
    private readonly List<DirectoryRecord> _directories = [];

    /// <param name="stream">Empty; the caller's.</param>
    public SnapshotFileWriter(Stream stream, SnapshotKind kind = SnapshotKind.Pinned)
    {
        _stream = stream;
        _kind = kind;
        // Until the rest is there, no reader takes it for a snapshot.
        _stream.Write(new byte[SnapshotFormat.HeaderLength]);
        _sections = new SectionWriter(stream, SnapshotFormat.HeaderLength);
    }

    public void Add(ReadOnlySpan<byte> path, DirectoryDraft directory, StringTable strings)
    {
        // Those in it have larger numbers and came before it: the reference stays good.
        ref DirectoryRecord record = ref At(directory.Number);
        record.BlockOffset = (ulong)_sections.Length;
        record.SetCount(directory.Count, directory.IsListed);
        record.Parent = (uint)directory.Parent;
        uint namesLength = 0;
        for (int i = 0; i < directory.Count; i++)
        {
            EntryRecord entry = directory[i];
            if (entry.IsDirectory)
                At((int)entry.Size).Position = (uint)i;
            entry.NameOffset = namesLength;
            namesLength += (uint)directory.NameOf(i).Length;
            _sections.Append(in entry);
        }
        for (int i = 0; i < directory.Count; i++)
            _sections.Append(directory.NameOf(i));
        _sections.Align();
        record.NamesLength = namesLength;
    }

    /// <summary>Writes the rest; the last directory has been added.</summary>
    public void Complete(SummaryRecord summary, SnapshotOrigin origin, StringTable strings)
    {
        summary.Bucket = strings.Add(origin.Bucket);
        summary.Prefix = strings.Add(origin.Prefix);
        summary.EndpointUrl = strings.Add(origin.EndpointUrl ?? "");
        summary.Region = strings.Add(origin.Region);
        summary.StorageClasses = (ulong)strings.StorageClasses.Count;

        var sections = new SectionRecord[SnapshotFormat.SectionCount];
        sections[0] = _sections.End(SectionKind.Listings);
        foreach (DirectoryRecord directory in _directories)
            _sections.Append(in directory);
        sections[1] = _sections.End(SectionKind.Directories);
        _sections.Append(strings.Bytes);
        _sections.Align();
        sections[2] = _sections.End(SectionKind.Strings);
        _sections.Append(in summary);
        foreach (StringRecord storageClass in strings.StorageClasses)
            _sections.Append(in storageClass);
        sections[3] = _sections.End(SectionKind.Summary);
        WriteHeader(sections);
    }

    private void WriteHeader(SectionRecord[] sections)
    {
        var header = new HeaderRecord
        {
            Magic = SnapshotFormat.Magic,
            Version = SnapshotFormat.Version,
            HeaderLength = SnapshotFormat.HeaderLength,
            FileLength = sections[^1].Offset + sections[^1].SectionLength,
            SectionCount = SnapshotFormat.SectionCount,
            Kind = _kind,
        };
        Span<byte> bytes = stackalloc byte[SnapshotFormat.HeaderLength];
        MemoryMarshal.AsBytes(sections.AsSpan()).CopyTo(bytes[HeaderRecord.Length..]);
        MemoryMarshal.Write(bytes, in header);
        header.Checksum = Crc32C.Append(0, bytes);
        MemoryMarshal.Write(bytes, in header);
        _stream.Seek(0, SeekOrigin.Begin);
        _stream.Write(bytes);
    }

    // Numbers are given when a directory's first key comes, records made when its last has come.
    private ref DirectoryRecord At(int number)
    {
        if (number >= _directories.Count)
            CollectionsMarshal.SetCount(_directories, number + 1);
        return ref CollectionsMarshal.AsSpan(_directories)[number];
    }
}
