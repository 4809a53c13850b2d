using S3Mount.ObjectStore;
using S3Mount.Testing.Objects;

namespace S3Mount.Testing.Synthetic;

/// <summary>Keeps a page of computed keys, and merges it with a page of the same request from a table.</summary>
internal sealed class MergedListing : IListingSink
{
    // Those of the table come first where keys are the same.
    private readonly List<Entry> _entries = [];

    public void AddObject(ReadOnlySpan<byte> key, in ListedAttributes attributes)
    {
        var version = SyntheticVersion.Of(key);
        var stored = new StoredObject
        {
            Key = new ObjectKey(key.ToArray()),
            Content = version.Content,
            ETag = version.ETag,
            LastModified = version.LastModified,
        };
        _entries.Add(new Entry(stored.Key.Utf8, stored));
    }

    public void AddCommonPrefix(ReadOnlySpan<byte> prefix) => _entries.Add(new Entry(prefix.ToArray(), null));

    /// <summary>Both pages hold the first keys after the same place, so the first ones of both together are among them.</summary>
    public ListingEnd Write(ObjectListing stored, bool isTruncated, int maxKeys, IListingSink sink)
    {
        IEnumerable<Entry> fromTable = [.. stored.Objects.Select(o => new Entry(o.Key.Utf8, o)), .. stored.CommonPrefixes.Select(prefix => new Entry(prefix, null))];
        Entry[] merged = [.. fromTable.Concat(_entries).DistinctBy(entry => new ObjectKey(entry.Key)).Order(Comparer<Entry>.Create(Compare))];
        int count = Math.Min(maxKeys, merged.Length);
        foreach (Entry entry in merged[..count])
        {
            if (entry.Object is null)
                sink.AddCommonPrefix(entry.Key.Span);
            else
                ObjectTable.Add(sink, entry.Object);
        }
        return new ListingEnd(count, isTruncated || stored.IsTruncated || merged.Length > count, merged[count - 1].Key, merged[count - 1].Object is null);
    }

    private static int Compare(Entry left, Entry right) => left.Key.Span.SequenceCompareTo(right.Key.Span);

    /// <summary>An object, or a common prefix where there is none.</summary>
    private readonly record struct Entry(ReadOnlyMemory<byte> Key, StoredObject? Object);
}
