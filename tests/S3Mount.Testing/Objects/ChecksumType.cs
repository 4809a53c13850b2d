namespace S3Mount.Testing.Objects;

/// <summary>What a checksum is of (S3 API, x-amz-checksum-type).</summary>
public enum ChecksumType
{
    /// <summary>Of the object's bytes.</summary>
    FullObject,
    /// <summary>Of the checksums of its parts.</summary>
    Composite,
}
