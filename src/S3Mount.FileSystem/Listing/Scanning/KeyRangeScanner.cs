using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>
/// Lists ranges of the key space, large ones over several connections at once. One serves a mount. Any thread.
/// <para>
/// The first page of a range is asked for alone; most directories have no other. What is behind it is split (see
/// <see cref="ScanPlan"/>), unless the store is known not to list from a key on, or not in order.
/// </para>
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing that must be freed.")]
internal sealed class KeyRangeScanner
{
    private readonly IObjectStore _store;
    private readonly KeyRangeScannerOptions _options;
    private readonly SemaphoreSlim _requests;
    private volatile bool _isSequential;
    private volatile bool _isUnordered;

    /// <param name="requests">Of those that scanners have together; null: its own, as many as the options say.</param>
    public KeyRangeScanner(IObjectStore store, KeyRangeScannerOptions? options = null, SemaphoreSlim? requests = null)
    {
        _store = store;
        _options = options ?? new KeyRangeScannerOptions();
        _requests = requests ?? new SemaphoreSlim(_options.MaxRequests);
    }

    /// <summary>One that shares the requests that there may be with another.</summary>
    public KeyRangeScanner(KeyRangeScanner other, KeyRangeScannerOptions options)
    {
        _store = other._store;
        _options = options;
        _requests = other._requests;
    }

    /// <summary>The store has been found not to list from a key on as it should: ranges are listed page after page.</summary>
    public bool IsSequential => _isSequential;

    /// <summary>Keys, or common prefixes, have come in no order, and have been passed on so.</summary>
    public bool IsUnordered => _isUnordered;

    /// <summary>
    /// The pages of a range, in key order: whatever is there from beginning to end exactly once, in pages of any size, which
    /// may be parts of the store's. Their continuation tokens say nothing of the scan. A store that does not list in order is
    /// passed on as it comes, unless its keys come again; if that shows only after the range has been split, the scan fails, and the next is not split.
    /// When the enumerator has been disposed, or has thrown, no request is under way.
    /// </summary>
    /// <exception cref="ObjectStoreException"/>
    public async IAsyncEnumerable<ListPage> ScanAsync(KeyRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[]? after = range.After?.Utf8.ToArray();
        if (!TryGetUntil(range, out byte[]? until))
            yield break;
        var request = new ListPageRequest { Prefix = range.Prefix, Delimiter = range.Delimiter, StartAfter = range.After };
        bool isOrdered = true;
        byte[]? last = null;
        var loop = new LoopCheck(range.Prefix);
        while (true)
        {
            bool mayWait = request.ContinuationToken is not null || !_options.IsFirstPageWaitedFor;
            ListPage page = mayWait ? await AskAsync(request, cancellationToken).ConfigureAwait(false) : await _store.ListPageAsync(request, cancellationToken).ConfigureAwait(false);
            int count = PageSlice.Count(page);
            if (count > 0 && (page.IsTruncated || after is not null || until is not null))
            {
                isOrdered = isOrdered && PageSlice.IsOrdered(page) && (last is null || PageSlice.First(page).SequenceCompareTo(last) > 0);
                last = isOrdered ? PageSlice.Last(page).ToArray() : null;
                _isUnordered |= !isOrdered;
                _isSequential |= !isOrdered || (after is not null && request.ContinuationToken is null && IgnoresStartAfter(page, range));
            }
            loop.Observe(page, isOrdered);
            yield return isOrdered ? PageSlice.Within(page, after, until) : PageSlice.Filtered(page, after, until);

            if (page.NextContinuationToken is null || (isOrdered && until is not null && last is not null && last.AsSpan().SequenceCompareTo(until) >= 0))
                yield break;
            if (page.NextContinuationToken == request.ContinuationToken)
                throw new ObjectStoreException(ObjectStoreFailure.Malformed, "the listing repeats its continuation token") { Key = request.Prefix };
            if (!_isSequential && count > 1)
            {
                await foreach (ListPage one in SplitAsync(new ScanPlan(range, until, page, _options), cancellationToken).ConfigureAwait(false))
                    yield return one;
                yield break;
            }
            request = request with { ContinuationToken = page.NextContinuationToken };
        }
    }

    private async IAsyncEnumerable<ListPage> SplitAsync(ScanPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var scan = new KeyRangeScan(_store, _requests, plan, cancellationToken);
        try
        {
            while (await scan.NextAsync(cancellationToken).ConfigureAwait(false) is { } page)
                yield return page;
        }
        finally
        {
            await scan.DisposeAsync().ConfigureAwait(false);
            _isSequential |= plan.IsSequential;
        }
    }

    private async ValueTask<ListPage> AskAsync(ListPageRequest request, CancellationToken cancellationToken)
    {
        await _requests.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _store.ListPageAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _requests.Release();
        }
    }

    // A common prefix may come again when the keys behind it are asked for; the marker of the range's own directory may not.
    private static bool IgnoresStartAfter(ListPage page, in KeyRange range)
    {
        ReadOnlySpan<byte> first = PageSlice.First(page), after = range.After!.Value.Span;
        return first.SequenceCompareTo(after) <= 0 && !(range.Delimiter && first is [.., (byte)'/'] && first.Length > range.Prefix.Span.Length && after.StartsWith(first));
    }

    // Where the range ends; null: with its prefix. False: before it.
    private static bool TryGetUntil(in KeyRange range, out byte[]? until)
    {
        until = range.Until?.Utf8.ToArray();
        if (until is null || until.AsSpan().StartsWith(range.Prefix.Span))
            return true;
        bool isBehind = until.AsSpan().SequenceCompareTo(range.Prefix.Span) > 0;
        until = null;
        return isBehind;
    }
}
