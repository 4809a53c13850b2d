using System.Collections.Concurrent;
using System.Text;
using S3Mount.ObjectStore;
using S3Mount.Testing.Objects;

namespace S3Mount.Testing.S3Server;

/// <summary>A bucket of the server. Tests may change it at any time.</summary>
public sealed class S3Bucket
{
    private readonly TimeProvider _timeProvider;

    internal S3Bucket(string name, string region, bool isPublic, TimeProvider timeProvider)
    {
        Name = name;
        Region = region;
        IsPublic = isPublic;
        _timeProvider = timeProvider;
        Created = timeProvider.GetUtcNow();
    }

    public string Name { get; }

    public string Region { get; }

    /// <summary>Whether requests without a signature may read it.</summary>
    public bool IsPublic { get; set; }

    public DateTimeOffset Created { get; }

    public ObjectTable Objects { get; } = new();

    internal ConcurrentDictionary<string, MultipartUpload> Uploads { get; } = new();

    public StoredObject Put(ObjectKey key, ObjectContent content, DateTimeOffset? lastModified = null)
    {
        var stored = new StoredObject { Key = key, Content = content, LastModified = lastModified ?? _timeProvider.GetUtcNow() };
        Objects.Put(stored);
        return stored;
    }

    public StoredObject Put(string key, byte[] bytes, DateTimeOffset? lastModified = null) =>
        Put(new ObjectKey(key), new BytesContent(bytes), lastModified);

    public StoredObject Put(string key, string text, DateTimeOffset? lastModified = null) =>
        Put(key, Encoding.UTF8.GetBytes(text), lastModified);

    /// <summary>An object that holds a <see cref="Ramp"/>, of any size.</summary>
    public StoredObject PutRamp(string key, long length, int seed = 0, DateTimeOffset? lastModified = null) =>
        Put(new ObjectKey(key), new RampContent(seed, length), lastModified);

    public bool Delete(string key) => Objects.Remove(new ObjectKey(key));
}
