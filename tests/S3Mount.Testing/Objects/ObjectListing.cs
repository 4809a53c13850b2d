namespace S3Mount.Testing.Objects;

/// <summary>A page under construction: objects and common prefixes, each in order.</summary>
public sealed class ObjectListing
{
    public List<StoredObject> Objects { get; } = [];

    public List<ReadOnlyMemory<byte>> CommonPrefixes { get; } = [];

    public int Count => Objects.Count + CommonPrefixes.Count;

    public bool IsTruncated { get; internal set; }

    /// <summary>The last key or common prefix; the next page comes after it.</summary>
    public ReadOnlyMemory<byte> Last { get; private set; }

    public bool LastIsCommonPrefix { get; private set; }

    internal void Add(StoredObject stored)
    {
        Objects.Add(stored);
        (Last, LastIsCommonPrefix) = (stored.Key.Utf8, false);
    }

    internal void Add(ReadOnlyMemory<byte> commonPrefix)
    {
        CommonPrefixes.Add(commonPrefix);
        (Last, LastIsCommonPrefix) = (commonPrefix, true);
    }
}
