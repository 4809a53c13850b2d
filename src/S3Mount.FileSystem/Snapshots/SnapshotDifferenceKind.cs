namespace S3Mount.FileSystem.Snapshots;

/// <summary>How the store differs from a snapshot.</summary>
public enum SnapshotDifferenceKind
{
    /// <summary>In the store alone.</summary>
    Added,
    /// <summary>In the snapshot alone.</summary>
    Removed,
    /// <summary>In both, with other bytes.</summary>
    Changed,
}
