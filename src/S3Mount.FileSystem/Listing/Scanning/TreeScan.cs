using System.Runtime.ExceptionServices;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>
/// One scan of a <see cref="TreeScanner"/>. Its range is a sequence of spans in key order, each listed page after page, many at
/// once. A span that turns out to be long is split at the directories that the store names; one that is long without any, and
/// that the consumer has come to, is left to <see cref="KeyRangeScanner"/>.
/// The first failure is thrown to the consumer at its next call. The store's own deadline ends every request.
/// Disposing cancels what is under way and waits until it has ended.
/// </summary>
internal sealed class TreeScan : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly TreeScannerOptions _options;
    private readonly ObjectKey _prefix;
    private readonly KeyRangeScanner _pageAfterPage;
    private readonly KeyRangeScanner _parallel;
    private readonly CancellationTokenSource _stopping;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TreeSpan _first;
    // Guarded by _gate, as is all that follows. In key order; what is before the first has been taken.
    private readonly LinkedList<TreeSpan> _spans = new();
    private TaskCompletionSource? _changed;
    private TaskCompletionSource? _roomMade;
    private ExceptionDispatchInfo? _failure;
    private long _bytesAhead;
    // Of a page.
    private int _mostKeys = 1;
    private int _running;
    private bool _isStopped;

    public TreeScan(IObjectStore store, KeyRange range, TreeScannerOptions options, CancellationToken cancellationToken)
    {
        _options = options;
        _prefix = range.Prefix;
        _pageAfterPage = new KeyRangeScanner(store, new KeyRangeScannerOptions { MaxRequests = options.MaxRequests, MaxPagesAhead = 1 });
        _parallel = new KeyRangeScanner(store, new KeyRangeScannerOptions { MaxRequests = options.MaxRequests });
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _first = new TreeSpan(range.After?.Utf8.ToArray(), range.Until?.Utf8.ToArray());
        _spans.AddFirst(_first);
    }

    /// <summary>The next page; null after the last.</summary>
    /// <exception cref="ObjectStoreException"/>
    public async ValueTask<ListPage?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task changed;
            lock (_gate)
            {
                _failure?.Throw();
                ListPage? page = TryTakePage();
                StartSpans();
                if (page is not null || _spans.Count == 0)
                    return page;
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isStopped = true;
            if (_running == 0)
                _ended.TrySetResult();
        }
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _ended.Task.ConfigureAwait(false);
        _stopping.Dispose();
    }

    // Under _gate.
    private ListPage? TryTakePage()
    {
        ListPage? page = null;
        while (page is null && _spans.First is { } front)
        {
            if (front.Value.Pages.TryDequeue(out page))
                _bytesAhead -= PageSlice.SizeInBytes(page);
            else if (front.Value.IsDone)
                _spans.RemoveFirst();
            else
                break;
            // There is room for others, or another is the front and needs none.
            _roomMade?.TrySetResult();
            _roomMade = null;
        }
        return page;
    }

    // Under _gate. The consumer waits for the front: that one is listed whatever else goes on.
    private void StartSpans()
    {
        for (LinkedListNode<TreeSpan>? node = _spans.First; node is not null && !_isStopped && _failure is null; node = node.Next)
        {
            if (node.Value.IsStarted)
                continue;
            if (node != _spans.First && (_running >= _options.MaxRequests || _bytesAhead >= _options.MaxBytesAhead))
                break;
            node.Value.IsStarted = true;
            _running++;
            _ = RunAsync(node);
        }
    }

    private async Task RunAsync(LinkedListNode<TreeSpan> node)
    {
        // Under _gate so far.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        ExceptionDispatchInfo? failure = null;
        try
        {
            await ListAsync(node).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Whatever it is, the consumer hears of it.
            failure = ExceptionDispatchInfo.Capture(exception);
        }
        lock (_gate)
        {
            _running--;
            node.Value.IsDone = true;
            _failure ??= failure;
            StartSpans();
            _changed?.TrySetResult();
            if (_isStopped && _running == 0)
                _ended.TrySetResult();
        }
    }

    private async Task ListAsync(LinkedListNode<TreeSpan> node)
    {
        TreeSpan span = node.Value;
        int survey = span == _first ? _options.PagesBeforeFirstSurvey : _options.PagesBeforeSurvey;
        var directories = new DirectoryCounter(_prefix.Span.Length);
        bool isParallel = false;
        IAsyncEnumerator<ListPage> pages = Pages(_pageAfterPage, span.After, span.Until);
        try
        {
            while (await pages.MoveNextAsync().ConfigureAwait(false) && Take(span, pages.Current))
            {
                if (pages.Current.Objects.IsEmpty)
                    continue;
                span.Last = PageSlice.Last(pages.Current).ToArray();
                if (++span.Listed <= survey)
                    directories.Observe(pages.Current);
                if (span.Listed == survey)
                    await SurveyAsync(node, directories).ConfigureAwait(false);
                await RoomAsync(node).ConfigureAwait(false);
                if (isParallel || span.Listed < 2 * survey || !IsFront(node) || IsSequential)
                    continue;
                isParallel = true;
                await pages.DisposeAsync().ConfigureAwait(false);
                pages = Pages(_parallel, span.Last, span.Until);
            }
        }
        finally
        {
            await pages.DisposeAsync().ConfigureAwait(false);
        }
    }

    private bool IsSequential => _pageAfterPage.IsSequential || _parallel.IsSequential;

    private IAsyncEnumerator<ListPage> Pages(KeyRangeScanner scanner, byte[]? after, byte[]? until) => scanner
        .ScanAsync(
            new KeyRange { Prefix = _prefix, After = after is null ? null : new ObjectKey(after), Until = until is null ? null : new ObjectKey(until) },
            _stopping.Token)
        .GetAsyncEnumerator(_stopping.Token);

    // False: the span ends here.
    private bool Take(TreeSpan span, ListPage page)
    {
        lock (_gate)
        {
            bool goesOn = true;
            _mostKeys = Math.Max(_mostKeys, page.Objects.Length);
            if (span is { IsSplit: true, Until: { } until } && page.Objects.Length > 0)
            {
                // Where the store does not list in order, every page may have a key of this span.
                goesOn = IsSequential || PageSlice.Last(page).SequenceCompareTo(until) < 0;
                page = IsSequential ? PageSlice.Filtered(page, null, until) : PageSlice.Within(page, null, until);
            }
            if (page.Objects.Length > 0)
            {
                span.Pages.Enqueue(page);
                _bytesAhead += PageSlice.SizeInBytes(page);
                _changed?.TrySetResult();
            }
            return goesOn;
        }
    }

    private async Task SurveyAsync(LinkedListNode<TreeSpan> node, DirectoryCounter directories)
    {
        if (IsSequential)
            return;
        TreeSpan span = node.Value;
        List<byte[]> splits;
        try
        {
            long keys = (long)_options.PagesPerSpan * Volatile.Read(ref _mostKeys);
            splits = await DirectorySurvey.SplitsAsync(_parallel, _prefix, span.Last!, span.Until, directories, keys, _stopping.Token).ConfigureAwait(false);
            if (splits.Count > 0 && span == _first)
                await TryStartAfterAsync(splits[0]).ConfigureAwait(false);
        }
        catch (ObjectStoreException failure) when (failure.Failure is ObjectStoreFailure.Rejected)
        {
            // The store knows no start-after. Its pages come one after another as before.
            return;
        }
        if (splits.Count == 0 || IsSequential)
            return;
        lock (_gate)
        {
            byte[]? until = span.Until;
            for (int i = splits.Count - 1; i >= 0; i--)
            {
                _spans.AddAfter(node, new TreeSpan(splits[i], until));
                until = splits[i];
            }
            (span.Until, span.IsSplit) = (until, true);
            StartSpans();
        }
    }

    // One request by which the scanner learns whether the store lists from a key on: if it does not, each span would be a listing
    // of everything.
    private async Task TryStartAfterAsync(byte[] split)
    {
        await using IAsyncEnumerator<ListPage> pages = Pages(_pageAfterPage, split, null);
        await pages.MoveNextAsync().ConfigureAwait(false);
    }

    private bool IsFront(LinkedListNode<TreeSpan> node)
    {
        lock (_gate)
            return _spans.First == node;
    }

    // The consumer is waited for, unless it waits for this span.
    private async Task RoomAsync(LinkedListNode<TreeSpan> node)
    {
        while (true)
        {
            Task roomMade;
            lock (_gate)
            {
                if (_bytesAhead < _options.MaxBytesAhead || _spans.First == node)
                    return;
                _roomMade ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                roomMade = _roomMade.Task;
            }
            await roomMade.WaitAsync(_stopping.Token).ConfigureAwait(false);
        }
    }
}
