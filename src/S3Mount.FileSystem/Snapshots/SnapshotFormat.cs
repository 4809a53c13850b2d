namespace S3Mount.FileSystem.Snapshots;

/// <summary>
/// The file format of a snapshot, version 1. All numbers are little-endian; every byte of the file is covered by a checksum.
/// <code>
/// header      HeaderRecord, then four SectionRecords in this order
/// listings    a block for each directory: its EntryRecords in the order of EntryOrder, then their names, one after another
///             without anything between them, then zeros up to a multiple of 8 bytes. A directory's block follows those of
///             the directories in it
/// directories a DirectoryRecord for each; the prefix itself is number 0, and each other one has a larger number than the one it
///             is in: in a pinned dataset the order of their first keys
/// strings     text that is referred to by offset and length, then zeros up to a multiple of 8 bytes
/// summary     a SummaryRecord, then a StringRecord for each storage class, by its code
/// </code>
/// In a file of SnapshotKind.Saved, directories that have not been listed are marked, and the digest is zero.
/// Sections follow each other without gaps, and the last one ends the file. A header's checksum is taken with its own field zero.
/// </summary>
internal static class SnapshotFormat
{
    /// <summary>As it lies in the file: 0x89, "s3snap", newline. Not text, and damaged by whatever takes it for text.</summary>
    public const ulong Magic = 0x0a70616e73337389;

    public const uint Version = 1;

    public const int SectionCount = 4;

    public const int HeaderLength = HeaderRecord.Length + (SectionCount * SectionRecord.Length);

    /// <summary>Blocks and strings begin at a multiple of this.</summary>
    public const int Alignment = 8;

    /// <summary>One array holds a directory's block or all strings: what cannot be held cannot be written.</summary>
    public static readonly long MaxBlockLength = Array.MaxLength - Alignment;

    public static long Aligned(long length) => (length + Alignment - 1) & ~(Alignment - 1L);

    /// <summary>Length of a directory's block.</summary>
    public static long BlockLength(long entries, long names) => (entries * EntryRecord.Length) + Aligned(names);
}
