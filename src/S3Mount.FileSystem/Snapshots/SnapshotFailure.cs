namespace S3Mount.FileSystem.Snapshots;

/// <summary>The ways in which a snapshot can be of no use.</summary>
public enum SnapshotFailure
{
    /// <summary>The file cannot be opened or read.</summary>
    Unreadable,
    /// <summary>The file cannot be written.</summary>
    Unwritable,
    /// <summary>The file is something else.</summary>
    NotASnapshot,
    /// <summary>The file ends before its end.</summary>
    CutShort,
    /// <summary>A checksum is wrong, or what it protects contradicts itself.</summary>
    Damaged,
    /// <summary>The file has a format that this program does not know.</summary>
    OtherFormat,
    /// <summary>The file was made of another bucket, prefix or endpoint.</summary>
    OtherDataset,
    /// <summary>The listing cannot be held in a snapshot: out of order, or too large.</summary>
    Unlistable,
}
