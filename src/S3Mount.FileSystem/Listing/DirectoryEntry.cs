using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing;

/// <summary>What a name in a directory stands for: a directory, or one version of an object.</summary>
internal readonly record struct DirectoryEntry(bool IsDirectory, ObjectVersion Version, string StorageClass)
{
    public static DirectoryEntry Directory { get; } = new(true, default, "");

    public static DirectoryEntry File(in ObjectVersion version, string storageClass) => new(false, version, storageClass);
}
