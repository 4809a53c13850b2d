using System.Collections.Concurrent;
using S3Mount.ObjectStore;
using S3Mount.Testing.Objects;

namespace S3Mount.Testing.S3Server;

/// <summary>An upload under way; parts may come in any order and again.</summary>
internal sealed class MultipartUpload(ObjectKey key, IReadOnlyDictionary<string, string> headers, string storageClass)
{
    public ObjectKey Key => key;

    public IReadOnlyDictionary<string, string> Headers => headers;

    public string StorageClass => storageClass;

    public ConcurrentDictionary<int, BytesContent> Parts { get; } = new();
}
