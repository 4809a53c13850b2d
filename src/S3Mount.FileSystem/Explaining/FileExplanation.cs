namespace S3Mount.FileSystem.Explaining;

/// <summary>What a mount knows of one path, and where the bytes are that a read of it would take. At one moment; it changes while it is looked at.</summary>
public sealed record FileExplanation
{
    public required bool IsDirectory { get; init; }

    /// <summary>Of a directory, the prefix of everything below.</summary>
    public required string Key { get; init; }

    /// <summary>Without quotes; null: none, or a weak one, which pins no version and of which nothing is kept on a disk.</summary>
    public string? ETag { get; init; }

    /// <summary>Of a file.</summary>
    public long Size { get; init; }

    /// <summary>Of a file.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Empty: the usual one.</summary>
    public string StorageClass { get; init; } = "";

    /// <summary>What is remembered of its name: by a listing of its directory, or by one lookup.</summary>
    public required KnownBy KnownBy { get; init; }

    /// <summary>How long that holds, in seconds; null: for ever.</summary>
    public double? HoldsForSeconds { get; init; }

    /// <summary>Whether the kernel holds the inode: then it may have pages of it, which nobody else can see.</summary>
    public bool IsKnownToKernel { get; init; }

    /// <summary>Entries of a directory's listing; null: it is not listed now.</summary>
    public long? Entries { get; init; }

    /// <summary>In the daemon's memory.</summary>
    public IReadOnlyList<ByteRange> InMemory { get; init; } = [];

    /// <summary>On their way into it.</summary>
    public IReadOnlyList<ByteRange> Arriving { get; init; } = [];

    /// <summary>In the disk cache; null: there is none.</summary>
    public IReadOnlyList<ByteRange>? OnDisk { get; init; }
}
