using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

/// <summary>Keys that do not change, listed as S3 lists them. Any thread.</summary>
internal sealed class SortedKeys
{
    private readonly byte[][] _keys;

    /// <param name="keys">In any order, none twice.</param>
    public SortedKeys(IEnumerable<byte[]> keys)
    {
        _keys = [.. keys];
        Array.Sort(_keys, (left, right) => left.AsSpan().SequenceCompareTo(right));
    }

    public int Count => _keys.Length;

    public int PageSize { get; init; } = 1000;

    public byte[] this[int index] => _keys[index];

    /// <summary>The continuation token is the last key of the page before, in Base64.</summary>
    public ListPage List(ListPageRequest request)
    {
        ReadOnlySpan<byte> prefix = request.Prefix.Span;
        byte[] after = request.ContinuationToken is { } token ? Convert.FromBase64String(token) : request.StartAfter?.Utf8.ToArray() ?? [];
        int first = Math.Max(IndexBehind(after), IndexFrom(prefix));
        int end = first;
        while (end < _keys.Length && end - first < PageSize && _keys[end].AsSpan().StartsWith(prefix))
            end++;
        var bytes = new byte[_keys.AsSpan(first, end - first).ToArray().Sum(key => key.Length)];
        var objects = new ListedObject[end - first];
        int offset = 0;
        for (int i = first; i < end; i++)
        {
            _keys[i].CopyTo(bytes, offset);
            objects[i - first] = new ListedObject(offset, _keys[i].Length, default, StorageClass.Standard);
            offset += _keys[i].Length;
        }
        return new ListPage
        {
            Bytes = bytes,
            Objects = objects,
            CommonPrefixes = default,
            NextContinuationToken = end < _keys.Length && _keys[end].AsSpan().StartsWith(prefix) ? Convert.ToBase64String(_keys[end - 1]) : null,
        };
    }

    private int IndexBehind(ReadOnlySpan<byte> key)
    {
        int index = IndexFrom(key);
        return index < _keys.Length && _keys[index].AsSpan().SequenceEqual(key) ? index + 1 : index;
    }

    private int IndexFrom(ReadOnlySpan<byte> key)
    {
        int low = 0, high = _keys.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_keys[middle].AsSpan().SequenceCompareTo(key) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
