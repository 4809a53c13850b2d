using System.Collections.Concurrent;
using System.Text;
using S3Mount.ObjectStore;
using S3Mount.Testing.Objects;
using S3Mount.Testing.Synthetic;

namespace S3Mount.Testing.S3Server;

/// <summary>A bucket of the server. Tests may change it at any time.</summary>
public sealed class S3Bucket
{
    private readonly TimeProvider _timeProvider;
    private volatile string _region;

    internal S3Bucket(string name, string region, bool isPublic, TimeProvider timeProvider)
    {
        Name = name;
        _region = region;
        IsPublic = isPublic;
        _timeProvider = timeProvider;
        Created = timeProvider.GetUtcNow();
        Source = Objects;
    }

    public string Name { get; }

    /// <summary>May change, as if the bucket had been deleted and made anew elsewhere with all that is in it.</summary>
    public string Region
    {
        get => _region;
        set => _region = value;
    }

    /// <summary>Whether requests without a signature may read it.</summary>
    public bool IsPublic { get; set; }

    public DateTimeOffset Created { get; }

    /// <summary>What has been put. Objects that are computed are not among them; of two of the same key it is the put one that counts.</summary>
    public ObjectTable Objects { get; } = new();

    /// <summary>Objects that are put from now on, without a checksum of their own, get one of this kind; null: none.</summary>
    public ChecksumAlgorithm? Checksums { get; set; }

    internal IObjectSource Source { get; private set; }

    internal ConcurrentDictionary<string, MultipartUpload> Uploads { get; } = new();

    public StoredObject Put(ObjectKey key, ObjectContent content, DateTimeOffset? lastModified = null)
    {
        var stored = new StoredObject
        {
            Key = key,
            Content = content,
            LastModified = lastModified ?? _timeProvider.GetUtcNow(),
            Checksum = Checksums is { } algorithm ? StoredChecksum.FullObject(algorithm, content) : null,
        };
        Objects.Put(stored);
        return stored;
    }

    /// <summary>An object as a multipart upload leaves it.</summary>
    public StoredObject PutParts(string key, ChecksumAlgorithm algorithm, ChecksumType type, params byte[][] parts)
    {
        BytesContent[] contents = [.. parts.Select(part => new BytesContent(part))];
        var content = new CompositeContent(contents);
        var stored = new StoredObject
        {
            Key = new ObjectKey(key),
            Content = content,
            LastModified = _timeProvider.GetUtcNow(),
            Checksum = type == ChecksumType.Composite ? StoredChecksum.Composite(algorithm, contents) : StoredChecksum.FullObject(algorithm, content),
        };
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

    /// <summary>
    /// Fills the bucket with objects that are computed when they are asked for. Once, before it is read from. They can be replaced
    /// and deleted like others.
    /// </summary>
    public void AddSynthetic(params IEnumerable<SyntheticKeys> keys) => Source = new SyntheticObjects(new JoinedKeys(keys), Objects);

    public bool Delete(string key) => Source.Remove(new ObjectKey(key));
}
