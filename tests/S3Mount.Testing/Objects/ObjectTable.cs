using System.Diagnostics.CodeAnalysis;
using S3Mount.ObjectStore;

namespace S3Mount.Testing.Objects;

/// <summary>
/// The objects of a bucket, and their listing as S3 does it: in the order of the keys' UTF-8 bytes (S3 API, ListObjectsV2).
/// Any thread. A listing sees each object as it is when the page is made.
/// </summary>
public sealed partial class ObjectTable
{
    private readonly Lock _gate = new();
    // Both guarded by _gate; the array itself never changes, it is replaced after keys have come or gone.
    private readonly Dictionary<ObjectKey, Slot> _slots = [];
    private Slot[]? _sorted;

    public int Count
    {
        get
        {
            lock (_gate)
                return _slots.Count;
        }
    }

    public void Put(StoredObject stored)
    {
        if (!ObjectKey.CanExist(stored.Key.Span))
            throw new ArgumentException($"'{stored.Key}' is not a key that a store can hold.", nameof(stored));
        lock (_gate)
        {
            if (_slots.TryGetValue(stored.Key, out Slot? slot))
            {
                slot.Value = stored;
                return;
            }
            _slots.Add(stored.Key, new Slot(stored));
            _sorted = null;
        }
    }

    public bool Remove(ObjectKey key)
    {
        lock (_gate)
        {
            if (!_slots.Remove(key, out Slot? slot))
                return false;
            slot.Value = null;
            _sorted = null;
            return true;
        }
    }

    public bool TryGet(ObjectKey key, [NotNullWhen(true)] out StoredObject? stored)
    {
        lock (_gate)
            stored = _slots.GetValueOrDefault(key)?.Value;
        return stored is not null;
    }

    public StoredObject[] ToArray()
    {
        lock (_gate)
            return [.. Sorted().Select(slot => slot.Value!)];
    }

    public ObjectListing List(in ObjectListingRequest request)
    {
        Slot[] slots;
        lock (_gate)
            slots = Sorted();

        var listing = new ObjectListing();
        ReadOnlySpan<byte> prefix = request.Prefix.Span;
        ReadOnlySpan<byte> delimiter = request.Delimiter.Span;
        int index = FirstIndex(slots, request);
        while (index < slots.Length)
        {
            if (slots[index].Value is not { } stored)
            {
                index++;
                continue;
            }
            if (!stored.Key.Span.StartsWith(prefix))
                break;
            if (listing.Count == request.MaxKeys)
            {
                listing.IsTruncated = true;
                break;
            }
            int at = delimiter.IsEmpty ? -1 : stored.Key.Span[prefix.Length..].IndexOf(delimiter);
            if (at < 0)
            {
                listing.Add(stored);
                index++;
            }
            else
            {
                ReadOnlyMemory<byte> common = stored.Key.Utf8[..(prefix.Length + at + delimiter.Length)];
                listing.Add(common);
                index = Search(slots, common.Span, skipStartingWith: true);
            }
        }
        return listing;
    }

    private static int FirstIndex(Slot[] slots, in ObjectListingRequest request)
    {
        int first = Search(slots, request.Prefix.Span, skipStartingWith: false);
        if (request.After is not { } after)
            return first;
        int next = Search(slots, after.Span, skipStartingWith: request.AfterIsCommonPrefix);
        if (next < slots.Length && !request.AfterIsCommonPrefix && slots[next].Key.Span.SequenceEqual(after.Span))
            next++;
        return Math.Max(first, next);
    }

    // Index of the first key that is not below these bytes, or, when skipping, of the first above all that begin with them.
    private static int Search(Slot[] slots, ReadOnlySpan<byte> bytes, bool skipStartingWith)
    {
        int low = 0;
        int high = slots.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            ReadOnlySpan<byte> key = slots[middle].Key.Span;
            if (key.SequenceCompareTo(bytes) < 0 || (skipStartingWith && key.StartsWith(bytes)))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private Slot[] Sorted()
    {
        if (_sorted is null)
        {
            _sorted = [.. _slots.Values];
            Array.Sort(_sorted, (left, right) => left.Key.Span.SequenceCompareTo(right.Key.Span));
        }
        return _sorted;
    }

    private sealed class Slot(StoredObject stored)
    {
        private volatile StoredObject? _value = stored;

        public ObjectKey Key { get; } = stored.Key;

        /// <summary>Null once removed.</summary>
        public StoredObject? Value
        {
            get => _value;
            set => _value = value;
        }
    }
}
