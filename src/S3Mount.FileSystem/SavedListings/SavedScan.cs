using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.SavedListings;

/// <summary>
/// Lists many directories that were shown as they were saved, page after page without delimiter. It leaps over the keys between them, and
/// a page that brings none of them to its end is the last of those that it is in: the rest is listed with delimiter. So it takes
/// no more requests than a listing for each directory, but for one where a directory has grown large, or holds much that nobody
/// wants. What is begun is completed, failed or left to the lister when it returns. Used once.
/// </summary>
/// <param name="wanted">In the order of keys; not empty.</param>
/// <param name="apply">Told of each listing that is whole.</param>
/// <param name="goesOn">Whether nothing is more urgent.</param>
internal sealed class SavedScan(
    IObjectStore store, DirectoryLister lister, MountClock clock, IReadOnlyList<DirectoryInode> wanted, Func<CheckedListing, Task> apply, Func<bool> goesOn)
{
    private readonly ObjectKey _prefix = new(DirectoryAbove(wanted[0].Prefix, wanted[^1].Prefix));
    // Those that the last key lies below, outermost first.
    private readonly Stack<CheckedListing> _open = new();
    private readonly Queue<CheckedListing> _done = new();
    private byte[] _lastKey = [];
    private byte[] _hidden = [];
    private int _completed;

    /// <summary>How many of the directories it has come to.</summary>
    public int Begun { get; private set; }

    /// <returns>False: the store does not list in order, from a key on.</returns>
    /// <exception cref="ObjectStoreException"/>
    public async Task<bool> RunAsync(CancellationToken stopping)
    {
        try
        {
            return await ScanAsync(stopping).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            while (_open.TryPop(out CheckedListing? open))
            {
                if (open.Listing is { } listing)
                    lister.Fail(listing, failure);
            }
            throw;
        }
    }

    // The longest path of both.
    private static byte[] DirectoryAbove(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last)
    {
        int common = first.CommonPrefixLength(last);
        return first[..(first[..common].LastIndexOf((byte)'/') + 1)].ToArray();
    }

    private async Task<bool> ScanAsync(CancellationToken stopping)
    {
        while (Begun < wanted.Count && goesOn())
        {
            if (_open.Count == 0)
                _lastKey = wanted[Begun].Prefix;
            // What the page says holds from before it was asked for.
            long askedAt = clock.Now;
            var request = new ListPageRequest { Prefix = _prefix, StartAfter = _lastKey.Length == 0 ? null : new ObjectKey(_lastKey) };
            ListPage page = await store.ListPageAsync(request, stopping).ConfigureAwait(false);
            bool isOrdered = IsOrdered(page);
            _completed = 0;
            if (isOrdered)
                Add(page, askedAt);
            await ApplyAsync().ConfigureAwait(false);
            if (!isOrdered || _completed == 0)
                await HandOverAsync(fromStart: !isOrdered, stopping).ConfigureAwait(false);
            if (!isOrdered)
                return false;
        }
        await HandOverAsync(fromStart: false, stopping).ConfigureAwait(false);
        return true;
    }

    private bool IsOrdered(ListPage page)
    {
        if (page.Objects.IsEmpty)
            return !page.IsTruncated;
        return PageSlice.IsOrdered(page) && PageSlice.First(page).SequenceCompareTo(_lastKey) > 0;
    }

    private void Add(ListPage page, long askedAt)
    {
        ReadOnlySpan<ListedObject> objects = page.Objects.Span;
        for (int i = 0; i < objects.Length;)
        {
            ReadOnlySpan<byte> key = page.KeyOf(objects[i]);
            Arrive(key, askedAt);
            int first = i++;
            if (!_open.TryPeek(out CheckedListing? open) || IsBelowHidden(key) || TryAddDirectory(open, key))
                continue;
            while (i < objects.Length && IsIn(open.Directory, page.KeyOf(objects[i])))
                i++;
            open.Builder?.AddFiles(page, first, i);
        }
        if (objects.Length > 0)
            _lastKey = page.KeyOf(objects[^1]).ToArray();
        if (!page.IsTruncated)
            End(askedAt);
        foreach (CheckedListing open in _open)
            open.Builder?.Show();
    }

    // Leaves the directories that the key is not below, and enters those that it is. Those that it has gone past hold nothing.
    private void Arrive(ReadOnlySpan<byte> key, long askedAt)
    {
        while (_open.TryPeek(out CheckedListing? left) && !key.StartsWith(left.Directory.Prefix))
            Complete();
        while (Begun < wanted.Count && wanted[Begun] is var next && key.SequenceCompareTo(next.Prefix) >= 0)
        {
            bool isIn = key.StartsWith(next.Prefix);
            if (isIn && _open.TryPeek(out CheckedListing? above))
                TryAddDirectory(above, key);
            Begin(askedAt);
            if (!isIn)
                Complete();
        }
    }

    // The last key of all has been there.
    private void End(long askedAt)
    {
        while (_open.Count > 0)
            Complete();
        while (Begun < wanted.Count)
        {
            Begin(askedAt);
            Complete();
        }
    }

    private void Begin(long askedAt)
    {
        DirectoryInode directory = wanted[Begun++];
        // What was shown by names alone, or has had to make room, is what the new listing is compared with.
        DirectoryListing? old = lister.ShowSaved(directory);
        DirectoryListing? listing = lister.TryBeginCheck(directory, askedAt);
        _open.Push(new CheckedListing(directory, old, listing, listing is null ? null : lister.CreateBuilder(listing)));
    }

    private void Complete()
    {
        CheckedListing open = _open.Peek();
        if (open is { Listing: { } listing, Builder: { } builder })
        {
            lister.Complete(listing, builder, isScanned: true);
            _done.Enqueue(open);
        }
        _completed++;
        _open.Pop();
    }

    private bool IsBelowHidden(ReadOnlySpan<byte> key) => _hidden.Length > 0 && key.StartsWith(_hidden);

    // False: the key is of an object directly in the directory.
    private bool TryAddDirectory(CheckedListing open, ReadOnlySpan<byte> key)
    {
        int from = open.Directory.Prefix.Length;
        int slash = key[from..].IndexOf((byte)'/');
        if (slash < 0)
            return false;
        ReadOnlySpan<byte> prefix = key[..(from + slash + 1)];
        open.Builder?.AddCommonPrefix(prefix);
        // Counted once, however many keys there are below it.
        if (!EntryName.IsShown(prefix[from..^1]))
            _hidden = prefix.ToArray();
        return true;
    }

    private static bool IsIn(DirectoryInode directory, ReadOnlySpan<byte> key) =>
        key.StartsWith(directory.Prefix) && key[directory.Prefix.Length..].IndexOf((byte)'/') < 0;

    private async Task ApplyAsync()
    {
        while (_done.TryDequeue(out CheckedListing? done))
            await apply(done).ConfigureAwait(false);
    }

    // One after another: no more requests at once than pages.
    private async Task HandOverAsync(bool fromStart, CancellationToken stopping)
    {
        while (_open.TryPop(out CheckedListing? open))
        {
            if (open is not { Listing: { } listing, Builder: { } builder })
                continue;
            lister.FillRest(listing, builder, fromStart ? null : builder.LastKey, isSparing: true);
            try
            {
                await listing.Progress.WaitForAllAsync(stopping).ConfigureAwait(false);
            }
            catch (ObjectStoreException denied) when (denied.Failure == ObjectStoreFailure.AccessDenied)
            {
                // That concerns this directory alone; asked for by itself, it shows again.
                continue;
            }
            await apply(open).ConfigureAwait(false);
        }
    }
}
