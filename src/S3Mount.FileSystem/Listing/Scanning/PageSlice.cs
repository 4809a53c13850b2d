using System.Runtime.CompilerServices;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>What a list page holds, in key order: objects and common prefixes taken together.</summary>
internal static class PageSlice
{
    /// <summary>Objects and common prefixes.</summary>
    public static int Count(ListPage page) => page.Objects.Length + page.CommonPrefixes.Length;

    /// <summary>Bytes that the page keeps in memory. A part of a page keeps the whole buffer of its keys.</summary>
    public static long SizeInBytes(ListPage page) =>
        page.Bytes.Length + ((long)page.Objects.Length * Unsafe.SizeOf<ListedObject>()) + ((long)page.CommonPrefixes.Length * Unsafe.SizeOf<ListedPrefix>());

    /// <summary>The first key or common prefix of a page that has one, if it is in order.</summary>
    public static ReadOnlySpan<byte> First(ListPage page)
    {
        if (page.CommonPrefixes.IsEmpty)
            return page.KeyOf(page.Objects.Span[0]);
        ReadOnlySpan<byte> prefix = page.KeyOf(page.CommonPrefixes.Span[0]);
        if (page.Objects.IsEmpty)
            return prefix;
        ReadOnlySpan<byte> key = page.KeyOf(page.Objects.Span[0]);
        return key.SequenceCompareTo(prefix) <= 0 ? key : prefix;
    }

    /// <summary>The last key or common prefix of a page that has one, if it is in order.</summary>
    public static ReadOnlySpan<byte> Last(ListPage page)
    {
        if (page.CommonPrefixes.IsEmpty)
            return page.KeyOf(page.Objects.Span[^1]);
        ReadOnlySpan<byte> prefix = page.KeyOf(page.CommonPrefixes.Span[^1]);
        if (page.Objects.IsEmpty)
            return prefix;
        ReadOnlySpan<byte> key = page.KeyOf(page.Objects.Span[^1]);
        return key.SequenceCompareTo(prefix) >= 0 ? key : prefix;
    }

    /// <summary>A key or common prefix about half of an ordered page lies behind.</summary>
    public static ReadOnlySpan<byte> Middle(ListPage page) => page.Objects.Length >= page.CommonPrefixes.Length
        ? page.KeyOf(page.Objects.Span[page.Objects.Length / 2])
        : page.KeyOf(page.CommonPrefixes.Span[page.CommonPrefixes.Length / 2]);

    /// <summary>Whether objects, and common prefixes, each go up strictly by their bytes.</summary>
    public static bool IsOrdered(ListPage page)
    {
        ReadOnlySpan<ListedObject> objects = page.Objects.Span;
        for (int i = 1; i < objects.Length; i++)
        {
            if (page.KeyOf(objects[i - 1]).SequenceCompareTo(page.KeyOf(objects[i])) >= 0)
                return false;
        }
        ReadOnlySpan<ListedPrefix> prefixes = page.CommonPrefixes.Span;
        for (int i = 1; i < prefixes.Length; i++)
        {
            if (page.KeyOf(prefixes[i - 1]).SequenceCompareTo(page.KeyOf(prefixes[i])) >= 0)
                return false;
        }
        return true;
    }

    /// <summary>The part of an ordered page that lies behind one key and goes up to another, itself included; null: no bound.</summary>
    public static ListPage Within(ListPage page, byte[]? after, byte[]? until)
    {
        int firstObject = after is null ? 0 : ObjectsUpTo(page, after);
        int firstPrefix = after is null ? 0 : PrefixesUpTo(page, after);
        int endObject = until is null ? page.Objects.Length : ObjectsUpTo(page, until);
        int endPrefix = until is null ? page.CommonPrefixes.Length : PrefixesUpTo(page, until);
        if (firstObject == 0 && firstPrefix == 0 && endObject == page.Objects.Length && endPrefix == page.CommonPrefixes.Length)
            return page;
        return With(page, page.Objects[firstObject..Math.Max(firstObject, endObject)], page.CommonPrefixes[firstPrefix..Math.Max(firstPrefix, endPrefix)]);
    }

    /// <summary>The same of a page whose keys come in any order.</summary>
    public static ListPage Filtered(ListPage page, byte[]? after, byte[]? until)
    {
        if (after is null && until is null)
            return page;
        var objects = new List<ListedObject>(page.Objects.Length);
        foreach (ref readonly ListedObject listed in page.Objects.Span)
        {
            if (IsWithin(page.KeyOf(listed), after, until))
                objects.Add(listed);
        }
        var prefixes = new List<ListedPrefix>(page.CommonPrefixes.Length);
        foreach (ref readonly ListedPrefix listed in page.CommonPrefixes.Span)
        {
            if (IsWithin(page.KeyOf(listed), after, until))
                prefixes.Add(listed);
        }
        return With(page, objects.ToArray(), prefixes.ToArray());
    }

    private static bool IsWithin(ReadOnlySpan<byte> key, byte[]? after, byte[]? until) =>
        (after is null || key.SequenceCompareTo(after) > 0) && (until is null || key.SequenceCompareTo(until) <= 0);

    private static ListPage With(ListPage page, ReadOnlyMemory<ListedObject> objects, ReadOnlyMemory<ListedPrefix> prefixes) => new()
    {
        Bytes = page.Bytes,
        Objects = objects,
        CommonPrefixes = prefixes,
        NextContinuationToken = page.NextContinuationToken,
    };

    // How many objects lie up to the bound, itself included.
    private static int ObjectsUpTo(ListPage page, ReadOnlySpan<byte> bound)
    {
        ReadOnlySpan<ListedObject> objects = page.Objects.Span;
        int low = 0, high = objects.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (page.KeyOf(objects[middle]).SequenceCompareTo(bound) <= 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private static int PrefixesUpTo(ListPage page, ReadOnlySpan<byte> bound)
    {
        ReadOnlySpan<ListedPrefix> prefixes = page.CommonPrefixes.Span;
        int low = 0, high = prefixes.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (page.KeyOf(prefixes[middle]).SequenceCompareTo(bound) <= 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
