using S3Mount.FileSystem.Inodes;

namespace S3Mount.FileSystem.SavedListings;

/// <summary>A directory that waits for its check. In the order of keys.</summary>
/// <param name="Entries">How many it had when it was saved.</param>
internal readonly record struct CheckItem(DirectoryInode Directory, int Entries) : IComparable<CheckItem>
{
    public int CompareTo(CheckItem other) => Directory.Prefix.AsSpan().SequenceCompareTo(other.Directory.Prefix);
}
