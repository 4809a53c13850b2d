using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>
/// Notices that a listing by continuation tokens goes round in circles, whatever the tokens are. Keys in order cannot: what is
/// to be watched is a store that lists in no order, where each key comes once all the same.
/// <para>
/// The first keys of the pages 1, 2, 4, 8, ... are remembered, some twenty for a million pages. A circle that begins at page m
/// and has n pages is noticed before 2m + n + 1 pages have come. Not synchronised.
/// </para>
/// </summary>
internal sealed class LoopCheck(ObjectKey prefix)
{
    /// <summary>
    /// Pages in a row that bring no key. Stores that have much to pass over (deleted keys of a versioned bucket) answer such pages;
    /// at a thousand keys each, these are ten million.
    /// </summary>
    public const int MaxPagesInVain = 10_000;

    private readonly HashSet<ObjectKey> _remembered = [];
    private ObjectKey? _latest;
    private long _pages;
    private long _next = 1;
    private int _pagesInVain;

    /// <param name="isOrdered">All keys so far, those of this page included, have come in order.</param>
    /// <exception cref="ObjectStoreException">The listing would not come to an end.</exception>
    public void Observe(ListPage page, bool isOrdered)
    {
        if (PageSlice.Count(page) == 0)
        {
            if (++_pagesInVain > MaxPagesInVain)
                throw Malformed($"the listing goes on and on without a key: {MaxPagesInVain} empty pages have come");
            return;
        }
        _pagesInVain = 0;
        if (!isOrdered && HasRemembered(page))
            throw Malformed("the listing brings the same keys again");
        // A common prefix at the end of a page may come again at the beginning of the next one, so that one is not compared.
        if (_latest is { } latest)
            _remembered.Add(latest);
        _latest = null;
        if (++_pages < _next)
            return;
        _next *= 2;
        _latest = new ObjectKey(PageSlice.First(page).ToArray());
    }

    private bool HasRemembered(ListPage page)
    {
        foreach (ref readonly ListedObject listed in page.Objects.Span)
        {
            if (_remembered.Contains(new ObjectKey(page.Bytes.Slice(listed.KeyOffset, listed.KeyLength))))
                return true;
        }
        foreach (ref readonly ListedPrefix listed in page.CommonPrefixes.Span)
        {
            if (_remembered.Contains(new ObjectKey(page.Bytes.Slice(listed.KeyOffset, listed.KeyLength))))
                return true;
        }
        return false;
    }

    private ObjectStoreException Malformed(string message) => new(ObjectStoreFailure.Malformed, message) { Key = prefix };
}
