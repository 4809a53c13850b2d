using System.Runtime.InteropServices;
using System.Text;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>Reads a snapshot file into memory and checks every byte of it. One thread.</summary>
internal sealed class SnapshotLoader(string path, SnapshotKind kind = SnapshotKind.Pinned)
{
    // Blocks are read and checked in pieces that fit the second-level cache, each into an array of its own.
    private const int PieceLength = 1 << 20;

    /// <exception cref="SnapshotException"/>
    public SnapshotFile Load()
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("snapshots are read on little-endian machines only");
        using var file = SnapshotBytes.Open(path);
        SectionRecord[] sections = SnapshotHeader.Read(file, path, kind);
        byte[] strings = file.ReadSection(sections[2]);
        SummaryRecord summary = ReadSummary(file.ReadSection(sections[3]), strings, out string[] storageClasses);
        DirectoryRecord[] directories = ReadDirectories(file.ReadSection(sections[1]));
        DirectoryBlock[] blocks = ReadBlocks(file, sections[0], directories);
        new TreeCheck(path, kind, blocks, storageClasses.Length, strings.Length).Check(summary);
        return new SnapshotFile(path, summary.ToSummary(Origin(summary, strings)), blocks, strings, storageClasses);
    }

    private SummaryRecord ReadSummary(byte[] section, byte[] strings, out string[] storageClasses)
    {
        if (section.Length < SummaryRecord.Length)
            throw Damaged("it has no summary");
        SummaryRecord summary = MemoryMarshal.Read<SummaryRecord>(section);
        if (!EntryRecord.IsTime(summary.MadeAt))
            throw Damaged("it was made at no time");
        ReadOnlySpan<StringRecord> texts = MemoryMarshal.Cast<byte, StringRecord>(section.AsSpan(SummaryRecord.Length));
        if ((ulong)texts.Length != summary.StorageClasses || texts.Length > EntryRecord.MaxStorageClasses)
            throw Damaged("its storage classes are incomplete");
        storageClasses = new string[texts.Length];
        for (int i = 0; i < texts.Length; i++)
            storageClasses[i] = Text(texts[i], strings);
        return summary;
    }

    private SnapshotOrigin Origin(in SummaryRecord summary, byte[] strings)
    {
        string endpoint = Text(summary.EndpointUrl, strings);
        return new SnapshotOrigin
        {
            Bucket = Text(summary.Bucket, strings),
            Prefix = Text(summary.Prefix, strings),
            EndpointUrl = endpoint.Length > 0 ? endpoint : null,
            Region = Text(summary.Region, strings),
        };
    }

    private string Text(StringRecord text, byte[] strings) =>
        text.Offset <= strings.Length && text.Length <= strings.Length - text.Offset
            ? Encoding.UTF8.GetString(strings.AsSpan((int)text.Offset, (int)text.Length))
            : throw Damaged("a text lies outside");

    private DirectoryRecord[] ReadDirectories(byte[] section)
    {
        if (section.Length == 0 || section.Length % DirectoryRecord.Length != 0)
            throw Damaged("its directories are incomplete");
        return MemoryMarshal.Cast<byte, DirectoryRecord>(section).ToArray();
    }

    private DirectoryBlock[] ReadBlocks(SnapshotBytes file, in SectionRecord section, DirectoryRecord[] directories)
    {
        int[] order = InOrder(directories, (long)section.SectionLength);
        var blocks = new DirectoryBlock[directories.Length];
        uint checksum = 0;
        for (int first = 0, next; first < order.Length; first = next)
        {
            long start = (long)directories[order[first]].BlockOffset;
            long length = 0;
            for (next = first; next < order.Length; next++)
            {
                long block = LengthOf(directories[order[next]]);
                if (next > first && length + block > PieceLength)
                    break;
                length += block;
            }
            byte[] piece = file.Read((long)section.Offset + start, length);
            checksum = Crc32C.Append(checksum, piece);
            foreach (int number in order.AsSpan(first, next - first))
            {
                ref DirectoryRecord record = ref directories[number];
                int offset = (int)((long)record.BlockOffset - start);
                blocks[number] = new DirectoryBlock(piece, offset, (int)record.Count, (int)record.NamesLength, (int)record.Parent, (int)record.Position, record.IsListed);
            }
        }
        return checksum == section.Checksum ? blocks : throw Damaged("the listings do not have their checksum");
    }

    // The directories in the order of their blocks, which fill the section without gaps.
    private int[] InOrder(DirectoryRecord[] directories, long sectionLength)
    {
        int[] order = new int[directories.Length];
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        // Of blocks with the same offset all but the last are empty. Offsets are even: one bit is free to say so.
        ulong[] keys = Array.ConvertAll(directories, directory => directory.BlockOffset | (directory.Count > 0 ? 1u : 0));
        Array.Sort(keys, order);
        long end = 0;
        foreach (int number in order)
        {
            ref DirectoryRecord directory = ref directories[number];
            if ((long)directory.BlockOffset != end || LengthOf(directory) > SnapshotFormat.MaxBlockLength)
                throw Damaged("its directories do not lie one after another");
            end += LengthOf(directory);
        }
        return end == sectionLength ? order : throw Damaged("its directories do not lie one after another");
    }

    private static long LengthOf(in DirectoryRecord directory) => SnapshotFormat.BlockLength(directory.Count, directory.NamesLength);

    private SnapshotException Damaged(string what) => SnapshotBytes.Damaged(path, what);
}
