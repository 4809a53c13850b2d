namespace S3Mount.FileSystem.Snapshots;

/// <summary>What a snapshot file is for, as it lies in the file.</summary>
internal enum SnapshotKind : ushort
{
    /// <summary>Everything under a prefix, made on demand: a dataset to be mounted as it is.</summary>
    Pinned = 0,

    /// <summary>What a mount had learnt of a prefix when it ended, for the next one to begin with; some directories may not be listed.</summary>
    Saved = 1,
}
