namespace S3Mount.Testing.Objects;

/// <summary>What a listing tells of an object besides its key.</summary>
internal readonly ref struct ListedAttributes
{
    /// <summary>UTF-8, with its quotes; empty for none.</summary>
    public required ReadOnlySpan<byte> QuotedETag { get; init; }

    public required long Size { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime LastModified { get; init; }

    public required string StorageClass { get; init; }
}
