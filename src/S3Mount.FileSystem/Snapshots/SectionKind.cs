namespace S3Mount.FileSystem.Snapshots;

/// <summary>The sections of a snapshot file, in their order.</summary>
internal enum SectionKind : uint
{
    Listings = 1,
    Directories = 2,
    Strings = 3,
    Summary = 4,
}
