namespace S3Mount.FileSystem.Snapshots;

/// <summary>In what the store differs from a snapshot: files, and directories without entries. All are counted, some are named.</summary>
public sealed record SnapshotDifferences
{
    public required long Added { get; init; }

    public required long Removed { get; init; }

    public required long Changed { get; init; }

    /// <summary>The first that were found.</summary>
    public required IReadOnlyList<SnapshotDifference> First { get; init; }

    /// <summary>Of the store as it is now; see <see cref="SnapshotDigest"/>.</summary>
    public required string Digest { get; init; }

    /// <summary>
    /// Whether the digests are the same. They also tell apart what no mount shows: markers of directories that are not empty, keys
    /// that no path can name.
    /// </summary>
    public required bool IsSameDigest { get; init; }

    /// <summary>Files, and directories without entries, that differ.</summary>
    public long Total => Added + Removed + Changed;

    public bool IsSame => Total == 0 && IsSameDigest;
}
