using System.Runtime.InteropServices;
using S3Mount.FileSystem.Snapshots;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Fuzz;

/// <summary>Gives a snapshot whose bytes were changed the checksums that fit, so that what it says is looked at.</summary>
internal static class SealedSnapshot
{
    /// <param name="grown">The section, from 0 on, that takes what the file has more or less than its sections say.</param>
    public static void Seal(byte[] bytes, int grown)
    {
        if (bytes.Length < SnapshotFormat.HeaderLength)
            return;
        Fit(bytes, grown);
        foreach (ref SectionRecord section in Sections(bytes))
        {
            if (section.Offset <= (ulong)bytes.Length && section.SectionLength <= (ulong)bytes.Length - section.Offset)
                section.Checksum = Crc32C.Append(0, bytes.AsSpan((int)section.Offset, (int)section.SectionLength));
        }
        Span<byte> header = bytes.AsSpan(0, SnapshotFormat.HeaderLength);
        header.Slice(HeaderRecord.ChecksumOffset, sizeof(uint)).Clear();
        BitConverter.TryWriteBytes(header[HeaderRecord.ChecksumOffset..], Crc32C.Append(0, header));
    }

    // Sections follow each other and fill the file, if their lengths are not out of this world.
    private static void Fit(byte[] bytes, int grown)
    {
        Span<SectionRecord> sections = Sections(bytes);
        long total = SnapshotFormat.HeaderLength;
        foreach (ref readonly SectionRecord section in sections)
        {
            if (section.SectionLength > (ulong)bytes.Length)
                return;
            total += (long)section.SectionLength;
        }
        ulong length = sections[grown].SectionLength + (ulong)(bytes.Length - total);
        if (length > (ulong)bytes.Length)
            return;
        sections[grown].SectionLength = length;
        ulong offset = SnapshotFormat.HeaderLength;
        foreach (ref SectionRecord section in sections)
        {
            section.Offset = offset;
            offset += section.SectionLength;
        }
        ref HeaderRecord header = ref MemoryMarshal.AsRef<HeaderRecord>(bytes.AsSpan());
        header.FileLength = (ulong)bytes.Length;
    }

    private static Span<SectionRecord> Sections(byte[] bytes) =>
        MemoryMarshal.Cast<byte, SectionRecord>(bytes.AsSpan(HeaderRecord.Length, SnapshotFormat.SectionCount * SectionRecord.Length));
}
