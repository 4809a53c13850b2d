using System.Runtime.InteropServices;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Fuzz;

/// <summary>Gives a segment of the disk cache whose bytes were changed the checksums that fit, so that what it says is looked at.</summary>
internal static class SealedSegment
{
    // Where RecordHeader and SegmentTrailer have them (CacheFormatTests).
    private const int PagesOffset = 32;
    private const int RecordChecksumOffset = 96;
    private const int EntryChecksumOffset = 28;
    private const int CountOffset = 8;
    private const int IndexChecksumOffset = 12;
    private const int TrailerChecksumOffset = 28;

    public static void Seal(byte[] bytes)
    {
        if (bytes.Length < SegmentHeader.Size + SegmentTrailer.Size)
            return;
        Span<byte> trailer = bytes.AsSpan(bytes.Length - SegmentTrailer.Size);
        long count = BitConverter.ToUInt32(trailer[CountOffset..]);
        long end = SegmentTrailer.Read(trailer).End;
        if (end >= 0 && end <= bytes.Length && count * SegmentEntry.Size <= bytes.Length - end)
        {
            Span<byte> index = bytes.AsSpan((int)end, (int)count * SegmentEntry.Size);
            for (int at = 0; at < index.Length; at += SegmentEntry.Size)
                SealRecord(bytes, index.Slice(at, SegmentEntry.Size));
            BitConverter.TryWriteBytes(trailer[IndexChecksumOffset..], Crc32C.Append(0, index));
        }
        BitConverter.TryWriteBytes(trailer[TrailerChecksumOffset..], Crc32C.Append(0, trailer[..TrailerChecksumOffset]));
    }

    private static void SealRecord(byte[] bytes, Span<byte> entry)
    {
        long position = MemoryMarshal.Read<SegmentEntry>(entry).Position;
        if (position + RecordHeader.Size > bytes.Length)
            return;
        Span<byte> header = bytes.AsSpan((int)position, RecordHeader.Size);
        Span<byte> content = bytes.AsSpan((int)position + RecordHeader.Size);
        content = content[..(int)Math.Min((uint)content.Length, BitConverter.ToUInt32(header[4..]))];
        for (int page = 0; page < CacheFormat.MaxPages && page * CacheFormat.PageSize < content.Length; page++)
        {
            Span<byte> ofPage = content[(page * CacheFormat.PageSize)..];
            BitConverter.TryWriteBytes(header[(PagesOffset + (page * sizeof(uint)))..], Crc32C.Append(0, ofPage[..Math.Min(CacheFormat.PageSize, ofPage.Length)]));
        }
        uint checksum = Crc32C.Append(0, header[..RecordChecksumOffset]);
        BitConverter.TryWriteBytes(header[RecordChecksumOffset..], checksum);
        BitConverter.TryWriteBytes(entry[EntryChecksumOffset..], checksum);
    }
}
