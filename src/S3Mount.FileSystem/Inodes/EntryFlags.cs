namespace S3Mount.FileSystem.Inodes;

[Flags]
internal enum EntryFlags : byte
{
    None = 0,
    Directory = 1,

    /// <summary>A read has found that this version is gone: no listing answers with it any more.</summary>
    Doubtful = 2,
}
