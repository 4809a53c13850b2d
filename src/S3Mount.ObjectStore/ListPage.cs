namespace S3Mount.ObjectStore;

/// <summary>One object of a list page. Its key lies in <see cref="ListPage.Bytes"/>.</summary>
public readonly record struct ListedObject(int KeyOffset, int KeyLength, ObjectVersion Version, string StorageClass);

/// <summary>One common prefix of a list page, delimiter included.</summary>
public readonly record struct ListedPrefix(int KeyOffset, int KeyLength);

/// <summary>
/// One page of ListObjectsV2 (S3 API, ListObjectsV2), decoded. Immutable; it owns one buffer for all its keys, so that a page
/// of 1,000 keys is a handful of allocations.
/// </summary>
public sealed class ListPage
{
    /// <summary>The decoded keys and common prefixes, one after another.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>In the order of the answer: by UTF-8 bytes, as a rule; the order is not relied upon.</summary>
    public required ReadOnlyMemory<ListedObject> Objects { get; init; }

    public required ReadOnlyMemory<ListedPrefix> CommonPrefixes { get; init; }

    /// <summary>What to send for the next page; null on the last.</summary>
    public required string? NextContinuationToken { get; init; }

    public bool IsTruncated => NextContinuationToken is not null;

    public ReadOnlySpan<byte> KeyOf(in ListedObject listed) => Bytes.Span.Slice(listed.KeyOffset, listed.KeyLength);

    public ReadOnlySpan<byte> KeyOf(in ListedPrefix listed) => Bytes.Span.Slice(listed.KeyOffset, listed.KeyLength);
}

/// <summary>What a list page is asked for.</summary>
public readonly record struct ListPageRequest
{
    /// <summary>Only keys that begin with these bytes; may be empty.</summary>
    public required ObjectKey Prefix { get; init; }

    /// <summary>Keys are rolled up into common prefixes at the next <c>/</c> after the prefix.</summary>
    public bool Delimiter { get; init; }

    /// <summary>Only keys after this one; ignored by the store when a continuation token is given.</summary>
    public ObjectKey? StartAfter { get; init; }

    public string? ContinuationToken { get; init; }

    /// <summary>1 to 1,000, objects and common prefixes together; 0 leaves it to the store (1,000).</summary>
    public int MaxKeys { get; init; }
}
