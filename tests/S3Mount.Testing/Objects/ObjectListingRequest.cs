namespace S3Mount.Testing.Objects;

/// <summary>What a page is asked for.</summary>
public readonly record struct ObjectListingRequest
{
    public ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>Any bytes; empty for none.</summary>
    public ReadOnlyMemory<byte> Delimiter { get; init; }

    /// <summary>Only what comes after this key or common prefix.</summary>
    public ReadOnlyMemory<byte>? After { get; init; }

    /// <summary>All keys that begin with <see cref="After"/> have been shown as one common prefix.</summary>
    public bool AfterIsCommonPrefix { get; init; }

    /// <summary>Objects and common prefixes together.</summary>
    public required int MaxKeys { get; init; }
}
