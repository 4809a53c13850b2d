using System.Collections.Concurrent;
using S3Mount.ObjectStore;
using S3Mount.Testing.Objects;

namespace S3Mount.Testing.S3Server;

/// <summary>An upload under way; parts may come in any order and again.</summary>
internal sealed class MultipartUpload(ObjectKey key, IReadOnlyDictionary<string, string> headers, string storageClass, (ChecksumAlgorithm Algorithm, ChecksumType Type)? checksum)
{
    public ObjectKey Key => key;

    public IReadOnlyDictionary<string, string> Headers => headers;

    public string StorageClass => storageClass;

    /// <summary>The checksum of the object once it is complete; null where none was asked for.</summary>
    public StoredChecksum? ChecksumOf(IReadOnlyCollection<ObjectContent> parts, ObjectContent content) => checksum switch
    {
        null => null,
        (var algorithm, ChecksumType.Composite) => StoredChecksum.Composite(algorithm, parts),
        (var algorithm, _) => StoredChecksum.FullObject(algorithm, content),
    };

    public ConcurrentDictionary<int, BytesContent> Parts { get; } = new();
}
