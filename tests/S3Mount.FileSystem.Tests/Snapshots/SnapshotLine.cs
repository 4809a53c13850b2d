using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Snapshots;

/// <summary>A file of a snapshot, or a directory, whose path ends in a slash.</summary>
internal sealed record SnapshotLine(string Path, ObjectVersion Version, string StorageClass);
