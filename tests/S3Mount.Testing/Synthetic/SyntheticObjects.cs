using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using S3Mount.ObjectStore;
using S3Mount.Testing.Objects;

namespace S3Mount.Testing.Synthetic;

/// <summary>Computed objects, and before them those of a table, which replace computed ones of the same key. Any thread.</summary>
internal sealed class SyntheticObjects(SyntheticKeys keys, ObjectTable table) : IObjectSource
{
    private readonly ConcurrentDictionary<ObjectKey, bool> _removed = new();

    public int Count => keys.Count - _removed.Count + table.Count;

    public bool TryGet(ObjectKey key, [NotNullWhen(true)] out StoredObject? stored)
    {
        if (table.TryGet(key, out stored))
            return true;
        if (!Holds(key))
            return false;
        var version = SyntheticVersion.Of(key.Span);
        stored = new StoredObject { Key = key, Content = version.Content, ETag = version.ETag, LastModified = version.LastModified };
        return true;
    }

    public bool Remove(ObjectKey key)
    {
        bool isRemoved = table.Remove(key);
        return (Holds(key) && _removed.TryAdd(key, true)) || isRemoved;
    }

    public ListingEnd List(in ObjectListingRequest request, IListingSink sink)
    {
        // Most listings meet nothing but computed keys.
        if (table.Count == 0 || table.List(request) is not { Count: > 0 } stored)
            return ListComputed(request, sink);
        var merged = new MergedListing();
        ListingEnd computed = ListComputed(request, merged);
        return merged.Write(stored, computed.IsTruncated, request.MaxKeys, sink);
    }

    private ListingEnd ListComputed(in ObjectListingRequest request, IListingSink sink)
    {
        Span<byte> buffer = stackalloc byte[ObjectKey.MaxLength];
        Span<byte> last = stackalloc byte[ObjectKey.MaxLength];
        (int lastLength, bool lastIsPrefix, int count) = (0, false, 0);
        ReadOnlySpan<byte> prefix = request.Prefix.Span;
        int index = FirstIndex(request);
        while (index < keys.Count)
        {
            ReadOnlySpan<byte> key = buffer[..keys.Write(index, buffer)];
            if (!key.StartsWith(prefix))
                break;
            if (IsRemoved(key))
            {
                index++;
                continue;
            }
            if (count == request.MaxKeys)
                return new ListingEnd(count, true, last[..lastLength].ToArray(), lastIsPrefix);
            int rolledUp = RolledUp(key, request);
            lastIsPrefix = rolledUp > 0;
            ReadOnlySpan<byte> shown = lastIsPrefix ? key[..rolledUp] : key;
            if (lastIsPrefix)
                sink.AddCommonPrefix(shown);
            else
                AddObject(key, sink);
            index = lastIsPrefix ? keys.FirstBehind(shown, index) : index + 1;
            shown.CopyTo(last);
            lastLength = shown.Length;
            count++;
        }
        return new ListingEnd(count, false, default, lastIsPrefix);
    }

    // Length of the common prefix that stands for the key, or 0.
    private static int RolledUp(ReadOnlySpan<byte> key, in ObjectListingRequest request)
    {
        int at = request.Delimiter.IsEmpty ? -1 : key[request.Prefix.Length..].IndexOf(request.Delimiter.Span);
        return at < 0 ? 0 : request.Prefix.Length + at + request.Delimiter.Length;
    }

    private int FirstIndex(in ObjectListingRequest request)
    {
        int first = keys.FirstFrom(request.Prefix.Span);
        if (request.After is not { } after)
            return first;
        if (request.AfterIsCommonPrefix)
            return Math.Max(first, keys.FirstBehind(after.Span));
        int equal = keys.Find(after.Span);
        return Math.Max(first, equal >= 0 ? equal + 1 : keys.FirstFrom(after.Span));
    }

    private static void AddObject(ReadOnlySpan<byte> key, IListingSink sink)
    {
        Span<byte> etag = stackalloc byte[SyntheticVersion.ETagLength + 2];
        etag[0] = etag[^1] = (byte)'"';
        var version = SyntheticVersion.Of(key);
        version.WriteETag(etag[1..^1]);
        sink.AddObject(key, new ListedAttributes { QuotedETag = etag, Size = version.Size, LastModified = version.LastModified, StorageClass = StorageClass.Standard });
    }

    private bool Holds(ObjectKey key) => !_removed.ContainsKey(key) && keys.Find(key.Span) >= 0;

    private bool IsRemoved(ReadOnlySpan<byte> key) => !_removed.IsEmpty && _removed.ContainsKey(new ObjectKey(key.ToArray()));
}
