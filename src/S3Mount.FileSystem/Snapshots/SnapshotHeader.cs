using System.Buffers.Binary;
using System.Runtime.InteropServices;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>Reads and checks the beginning of a snapshot file.</summary>
internal static class SnapshotHeader
{
    /// <param name="kind">What it has to be.</param>
    /// <returns>The sections, in the order of <see cref="SectionKind"/>; together with the header they fill the file.</returns>
    /// <exception cref="SnapshotException"/>
    public static SectionRecord[] Read(SnapshotBytes file, string path, SnapshotKind kind)
    {
        byte[] bytes = file.Read(0, Math.Min(file.Length, SnapshotFormat.HeaderLength));
        Span<byte> magic = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(magic, SnapshotFormat.Magic);
        if (bytes.Length == 0 || !magic.StartsWith(bytes.AsSpan(0, Math.Min(bytes.Length, magic.Length))))
            throw new SnapshotException(SnapshotFailure.NotASnapshot, $"{path} is not a snapshot; make one with: s3mount snapshot create BUCKET/PREFIX FILE");
        if (bytes.Length < HeaderRecord.Length)
            throw file.CutShort(SnapshotFormat.HeaderLength);
        HeaderRecord header = MemoryMarshal.Read<HeaderRecord>(bytes);
        if (header.Version != SnapshotFormat.Version)
        {
            throw new SnapshotException(
                SnapshotFailure.OtherFormat,
                $"{path} is a snapshot in format {header.Version}, this s3mount reads format {SnapshotFormat.Version}; make it anew with: s3mount snapshot create");
        }
        if (bytes.Length < SnapshotFormat.HeaderLength)
            throw file.CutShort(SnapshotFormat.HeaderLength);
        bytes.AsSpan(HeaderRecord.ChecksumOffset, sizeof(uint)).Clear();
        if (Crc32C.Append(0, bytes) != header.Checksum || header.HeaderLength != SnapshotFormat.HeaderLength || header.SectionCount != SnapshotFormat.SectionCount)
            throw SnapshotBytes.Damaged(path, "the header does not have its checksum");
        if (header.Kind != kind)
            throw new SnapshotException(SnapshotFailure.NotASnapshot, OtherKind(header.Kind, path));
        if ((ulong)file.Length < header.FileLength)
            throw file.CutShort((long)header.FileLength);
        SectionRecord[] sections = MemoryMarshal.Cast<byte, SectionRecord>(bytes.AsSpan(HeaderRecord.Length)).ToArray();
        return AreComplete(sections, header.FileLength) && (ulong)file.Length == header.FileLength
            ? sections
            : throw SnapshotBytes.Damaged(path, $"it has {file.Length} bytes, but its sections do not fill them");
    }

    private static string OtherKind(SnapshotKind kind, string path) => kind == SnapshotKind.Saved
        ? $"{path} holds the listings that a mount has saved for the next one, and is no pinned dataset; make one with: s3mount snapshot create BUCKET/PREFIX FILE"
        : $"{path} is a snapshot, and not what a mount has saved";

    private static bool AreComplete(SectionRecord[] sections, ulong fileLength)
    {
        ulong end = SnapshotFormat.HeaderLength;
        for (int i = 0; i < sections.Length; i++)
        {
            ref SectionRecord section = ref sections[i];
            if (section.Kind != (SectionKind)(i + 1) || section.Offset != end || section.SectionLength > fileLength - end)
                return false;
            end += section.SectionLength;
        }
        return end == fileLength;
    }
}
