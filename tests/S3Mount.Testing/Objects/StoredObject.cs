using S3Mount.ObjectStore;

namespace S3Mount.Testing.Objects;

/// <summary>One version of one object. Immutable; what changes an object puts another in its place.</summary>
public sealed record StoredObject
{
    private readonly string? _etag;

    public required ObjectKey Key { get; init; }

    public required ObjectContent Content { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    public string StorageClass { get; init; } = ObjectStore.StorageClass.Standard;

    /// <summary>The tag without quotes, by default that of the content; <c>W/"…"</c> is a weak one, an empty one is not sent at all.</summary>
    public string ETag
    {
        get => _etag ?? Content.ETag;
        init => _etag = value;
    }

    /// <summary>As a header or listing shows it; a weak one has its quotes already. Empty where no tag is sent.</summary>
    public string QuotedETag => ETag.Length == 0 || ETag.StartsWith("W/", StringComparison.Ordinal) ? ETag : $"\"{ETag}\"";

    /// <summary>Headers that were given with the upload and come back with each answer: Content-Type, Content-Encoding, x-amz-meta-…</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Null where the store keeps none.</summary>
    public StoredChecksum? Checksum { get; init; }

    public long Size => Content.Length;

    public ObjectVersion Version => new(ObjectStore.ETag.Parse(ETag), Size, LastModified.ToUnixTimeSeconds());
}
