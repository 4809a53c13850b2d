using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>One way in which the store differs from a snapshot.</summary>
/// <param name="Path">Below the prefix; of a directory without entries, with a slash at its end.</param>
public readonly record struct SnapshotDifference(SnapshotDifferenceKind Kind, ObjectKey Path);
