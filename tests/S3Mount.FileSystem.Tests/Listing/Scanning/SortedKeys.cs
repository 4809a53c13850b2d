using System.Buffers;
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

    /// <summary>The continuation token is what the next page begins behind, in Base64.</summary>
    public ListPage List(ListPageRequest request)
    {
        ReadOnlySpan<byte> prefix = request.Prefix.Span;
        byte[] after = request.ContinuationToken is { } token ? Convert.FromBase64String(token) : request.StartAfter?.Utf8.ToArray() ?? [];
        int next = Math.Max(IndexBehind(after), IndexFrom(prefix));
        var bytes = new ArrayBufferWriter<byte>(1 << 16);
        var objects = new List<ListedObject>();
        var prefixes = new List<ListedPrefix>();
        for (; IsUnder(next, prefix) && objects.Count + prefixes.Count < PageSize; next = after[^1] == 0xFF ? IndexBehind(after) : next + 1)
        {
            int slash = request.Delimiter ? _keys[next].AsSpan(prefix.Length).IndexOf((byte)'/') : -1;
            ReadOnlySpan<byte> entry = slash < 0 ? _keys[next] : _keys[next].AsSpan(0, prefix.Length + slash + 1);
            if (slash < 0)
                objects.Add(new ListedObject(bytes.WrittenCount, entry.Length, default, StorageClass.Standard));
            else
                prefixes.Add(new ListedPrefix(bytes.WrittenCount, entry.Length));
            bytes.Write(entry);
            // No key has this byte: behind it nothing is left of a common prefix.
            after = slash < 0 ? _keys[next] : [.. entry, 0xFF];
        }
        return new ListPage
        {
            Bytes = bytes.WrittenMemory,
            Objects = objects.ToArray(),
            CommonPrefixes = prefixes.ToArray(),
            NextContinuationToken = IsUnder(next, prefix) ? Convert.ToBase64String(after) : null,
        };
    }

    private bool IsUnder(int index, ReadOnlySpan<byte> prefix) => index < _keys.Length && _keys[index].AsSpan().StartsWith(prefix);

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
